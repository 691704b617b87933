"""Who asks the JSON API: the workspace of the token, and the member who made it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from fenghuo.domain.errors import BadInput, Missing, NotAllowed
from fenghuo.domain.fact import Fact
from fenghuo.domain.people import Member
from fenghuo.domain.post import millis
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.api.forms import Problem

if TYPE_CHECKING:
    from fenghuo.app import App

REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "The token is unknown or was withdrawn."},
    403: {"model": Problem, "description": "The token lacks the scope."},
    404: {"model": Problem, "description": "There is no such watch in the workspace."},
    422: {"model": Problem, "description": "Something that was asked for is wrong."},
    503: {"model": Problem, "description": "Ours to mend; try again."},
}
MOST = 1_000
"""Alerts or stories of one watch that the API looks back through, the newest first."""
_scheme = HTTPBearer(auto_error=False, description="A token made under Settings.")
_Form = TypeVar("_Form")


class Bearer(msgspec.Struct, frozen=True):
    """Whoever holds a token. `member` is None for a token that nobody's name stands on."""

    app: "App"
    workspace: str
    member: Member | None

    @property
    def sees_private(self) -> bool:
        """Tickets, returns and calls were said to the team alone: for its members."""
        return self.member is not None and self.member.may("read")

    def watches(self, wanted: str = "") -> list[StoredWatch]:
        """The watches of the workspace, or the one that is wanted; Missing when it is not one."""
        found = [w for w in self.app.listen.watches(self.workspace) if wanted in ("", w.id)]
        if wanted and not found:
            raise Missing("web.no_watch")
        return found

    def heard(self, wanted: str) -> None:
        """BadInput when it is neither a watch of the workspace nor that of a competitor."""
        if wanted not in {w.id for w in self.app.listen.rivals(self.workspace)}:
            self.watches(wanted)


def bearer(scope: str) -> Callable[..., Bearer]:
    """A dependency: the holder of a token that has this scope."""

    def holder(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)],
    ) -> Bearer:
        app: App = request.app.state.app
        if given is None:
            raise NotAllowed("access.token_unknown")
        held = app.access.token(given.credentials, scope)
        return Bearer(app, held.workspace, held.member)

    return holder


Reading = Annotated[Bearer, Depends(bearer("read"))]


def latest_first(
    rows: Sequence[tuple[str, Fact]], since: datetime | None, after: str, limit: int
) -> tuple[list[tuple[str, Fact]], str | None]:
    """A page of (watch, fact), the latest change first, and where the next one begins."""
    began = _since(since)
    ordered = sorted((row for row in rows if row[1].at >= began), key=_place)
    if after:
        last = _read_place(after)
        ordered = [row for row in ordered if _place(row) > last]
    shown = ordered[:limit]
    if len(ordered) <= limit:
        return shown, None
    at, watch, name = _place(shown[-1])
    return shown, f"{-at}.{watch}.{name}"


def _since(since: datetime | None) -> int:
    if since is None:
        return 0
    if since.tzinfo is None:
        raise BadInput("intake.time_zone_missing", time=since.isoformat())
    return millis(since)


def _place(row: tuple[str, Fact]) -> tuple[int, str, str]:
    watch, fact = row
    return -fact.at, watch, fact.alert or fact.story


def _read_place(after: str) -> tuple[int, str, str]:
    at, _, rest = after.partition(".")
    watch, _, name = rest.partition(".")
    if not (at.isascii() and at.isdigit() and name):
        raise BadInput("api.after_wrong")
    return -int(at), watch, name
