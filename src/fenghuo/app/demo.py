"""The demo from the shell: the one that still unfolds, or a new one."""

from datetime import timedelta

from fenghuo.app.product import DEMO_EARLY, App
from fenghuo.app.readers import demo_script
from fenghuo.domain.people import Scale, Workspace


def show_demo(app: App) -> Workspace | None:
    """The first owner's demo, begun anew when it has come to its end; None without an owner."""
    owner = app.access.first_owner()
    if owner is None:
        return None
    for place in app.access.workspaces_of(owner.id):
        if place.kind == "demo" and place.scale and _unfolds(app, place, place.scale):
            return place
    return app.begin_demo(owner.id)


def _unfolds(app: App, place: Workspace, scale: Scale) -> bool:
    script = demo_script()
    # The demo began DEMO_EARLY before its first grave post, which comes on the script's `day`.
    left = timedelta(days=script.days - script.day + 1) - timedelta(minutes=script.minute)
    return app.clock.now(place.id) < scale.start + DEMO_EARLY + left
