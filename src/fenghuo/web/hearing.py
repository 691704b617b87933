"""Whether a workspace can hear at all: without ears a calm level would be a lie."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from fenghuo.domain.post import millis
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.web.asking import Asking

if TYPE_CHECKING:
    from fenghuo.listen import SourceView

SENT_LATELY_MS = 24 * 3_600_000
"""Where nothing listens, what was sent in speaks for so long. Longer: a program that sends no
more goes unnoticed. Shorter: every night looks deaf."""


class Ears(msgspec.Struct, frozen=True):
    """How a workspace hears.

    `why` is "" while a source listens, else what is the matter: "begun" (none was read yet and
    nothing was sent, which takes a minute after it was added), "failing" (none can be reached),
    "quiet" (none brings anything), "none" (there is none, or none that is switched on), "still" (a
    part of Fenghuo does not work), "stuck" (what came cannot be counted). `deaf`: so whether all
    is well is unknown.
    """

    why: Literal["", "begun", "failing", "quiet", "none", "still", "stuck"] = ""
    deaf: bool = False


def ears(asking: Asking, workspace: str, sources: Sequence["SourceView"]) -> Ears:
    """How a workspace hears by these sources of its own.

    Without any, posts may come in by the interface or by hand: what was heard lately counts.
    """
    life = asking.app.pulse.life()
    if life.still:
        return Ears("still", True)
    if any(f"watch {w.id}" in life.failing for w in asking.app.listen.watches(workspace)):
        return Ears("stuck", True)
    active = [view for view in sources if view.source.active]
    if not active:
        return Ears("none", not _sent_lately(asking, workspace))
    untried = not any(view.health.last_read or view.health.error for view in active)
    if untried and not _sent_lately(asking, workspace):
        return Ears("begun", True)
    failing = [bool(v.health.error) and v.health.move != "time" for v in active]
    if all(failing):
        return Ears("failing", True)
    if all(fails or view.quiet for fails, view in zip(failing, active, strict=True)):
        return Ears("quiet", True)
    return Ears()


def _sent_lately(asking: Asking, workspace: str) -> bool:
    since = millis(asking.app.clock.now(workspace)) - SENT_LATELY_MS
    search = MentionSearch(workspace, since=since, with_excluded=True, limit=1)
    return bool(asking.app.listen.mentions(search))
