"""Who asks for a page: language, person, workspace; and what they may do."""

from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import Depends, Form, Request

from fenghuo.domain.errors import NotAllowed
from fenghuo.domain.guest import Guest
from fenghuo.domain.people import Member, Permission, may
from fenghuo.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from fenghuo.app import App
    from fenghuo.security.access import Session

SESSION = "fenghuo_session"
LANGUAGE = "fenghuo_language"
WORKSPACE = "fenghuo_workspace"


class Asking(msgspec.Struct, frozen=True):
    """The asking person. `member` is None on pages that need no sign-in.

    `guest` is whoever holds a link to one thing, on the page of that link. `away` is the time
    zone of somebody without a session, where we know it.
    """

    app: "App"
    language: Language
    now: datetime
    session: "Session | None" = None
    member: Member | None = None
    away: str = "UTC"
    guest: Guest | None = None

    @property
    def workspace(self) -> str:
        """Id of the workspace they are in."""
        if self.guest is not None:
            return self.guest.workspace
        return self.member.workspace.id if self.member else ""

    @property
    def who(self) -> str:
        """Their id, as facts name whoever did something."""
        return self.session.person.id if self.session else ""

    @property
    def zone(self) -> str:
        """Their time zone."""
        return self.session.person.time_zone if self.session else self.away

    @property
    def csrf(self) -> str:
        """What must come back with every form."""
        return self.session.word(self.workspace) if self.session else ""

    def may(self, permission: Permission) -> bool:
        """Whether they may do this here."""
        if self.guest is not None:
            return may(self.guest.roles, permission)
        return self.member is not None and self.member.may(permission)


class SignInFirst(NotAllowed):
    """Nobody is signed in: pages lead to the sign-in page, parts of pages answer 401."""


def anybody(request: Request) -> Asking:
    """Whoever asks, signed in or not."""
    app: App = request.app.state.app
    session = app.access.session(request.cookies.get(SESSION, ""))
    member = member_here(request, session) if session else None
    workspace = member.workspace.id if member else ""
    return Asking(app, _language(request, session), app.clock.now(workspace), session, member)


def member_here(request: Request, session: "Session") -> Member | None:
    """Who they are in the workspace that they went to last; None who belongs to none."""
    if not session.members:
        return None
    return session.member(request.cookies.get(WORKSPACE, "")) or session.members[0]


def needs(permission: Permission) -> Callable[[Request], Asking]:
    """A dependency: the asking member, who must have this permission."""

    def member(request: Request) -> Asking:
        asking = anybody(request)
        if asking.session is None:
            raise SignInFirst("access.wrong")
        if not asking.may(permission):
            raise NotAllowed("access.forbidden")
        return asking

    member.permission = permission  # type: ignore[attr-defined] # read by the permission tests
    return member


def sent_from_our_page(
    asking: Annotated[Asking, Depends(anybody)], csrf: Annotated[str, Form()] = ""
) -> None:
    """Every form of a signed-in person carries a word that another site cannot know.

    It is another one in each workspace: a page that was left open does nothing in the one to
    which its person has gone meanwhile.
    """
    if not asking.csrf or not compare_digest(csrf.encode(), asking.csrf.encode()):
        raise NotAllowed("access.csrf")


def _language(request: Request, session: "Session | None") -> Language:
    chosen = request.cookies.get(LANGUAGE, "")
    for language in LANGUAGES:
        if chosen == language:
            return language
    if session:
        return session.person.language
    wants = request.headers.get("accept-language", "").lower()
    return "zh-CN" if wants.startswith("zh") else "en"
