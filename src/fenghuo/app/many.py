"""Many posts in one call of a program: taken in by chunks."""

from typing import TYPE_CHECKING

from fenghuo.listen import Bulk

if TYPE_CHECKING:
    from fenghuo.app.product import App


def many(app: "App", workspace: str) -> Bulk:
    """What takes the parts of one call's body into a workspace."""
    return Bulk(lambda items: app.listen.accept_lines(workspace, items))
