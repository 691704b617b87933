"""Settings: members and roles, invitations, guests, API tokens, one's own language and zone.

A form that is refused comes back as it was filled in.
"""

from typing import Annotated, Literal
from zoneinfo import available_timezones

import msgspec
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.people import ROLES, Role
from fenghuo.i18n import LANGUAGES, Language, explain
from fenghuo.web.asking import LANGUAGE, Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
OFFERED: tuple[Role, ...] = tuple(role for role in ROLES if role != "guest")
"""Nobody joins as a guest: a guest comes by a link to one thing, made on that thing's page."""
OVER_SHOWN = 50
"""Links that are over are shown so far back; older ones only take room."""
SCOPES = ("posts:write", "read")
WhichForm = Literal["", "invite", "member", "token"]
Owner = Annotated[Asking, Depends(needs("people"))]
Keeper = Annotated[Asking, Depends(needs("tokens"))]
Reader = Annotated[Asking, Depends(needs("read"))]


class Refused(msgspec.Struct, frozen=True):
    """A form that was not carried out: which one, why, and what was filled in."""

    form: WhichForm = ""
    problem: str = ""
    person: str = ""
    chosen: tuple[str, ...] = ()
    title: str = ""


@router.get("/settings")
def settings(request: Request, asking: Reader) -> Response:
    """What one may see and change."""
    return _page(request, asking)


@router.post("/settings/me", dependencies=[Depends(sent_from_our_page)])
def me(
    asking: Reader,
    name: Annotated[str, Form()],
    language: Annotated[str, Form()],
    time_zone: Annotated[str, Form()],
) -> Response:
    """One's own name, language and zone."""
    if time_zone not in available_timezones():
        raise BadInput("web.no_zone", zone=time_zone)
    if asking.session is None or language not in LANGUAGES:
        raise BadInput("web.no_language")
    chosen: Language = msgspec.convert(language, Language)
    changed = msgspec.structs.replace(
        asking.session.person,
        name=name.strip() or asking.session.person.name,
        language=chosen,
        time_zone=time_zone,
    )
    asking.app.access.save_person(changed)
    answer = RedirectResponse("/settings", 303)
    answer.set_cookie(LANGUAGE, chosen, max_age=365 * 24 * 3600, samesite="lax", httponly=True)
    return answer


@router.post("/settings/invite", dependencies=[Depends(sent_from_our_page)])
def invite(
    request: Request, asking: Owner, roles: Annotated[list[str] | None, Form()] = None
) -> Response:
    """An invitation link, shown once."""
    try:
        secret = asking.app.access.invite(asking.workspace, _roles(roles), asking.who)
    except BadInput as error:
        return _refused(request, asking, error, Refused("invite", chosen=tuple(roles or ())))
    base = asking.app.config.public_url or str(request.base_url).rstrip("/")
    return _page(request, asking, invitation=f"{base}/join/{secret}")


@router.post("/settings/member", dependencies=[Depends(sent_from_our_page)])
def member(
    request: Request,
    asking: Owner,
    person: Annotated[str, Form()],
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """New roles for a member; none takes them out."""
    who = asking.session.person.id if asking.session else ""
    try:
        asking.app.change_roles(asking.workspace, person, _roles(roles), who)
    except BadInput as error:
        kept = Refused("member", person=person, chosen=tuple(roles or ()))
        return _refused(request, asking, error, kept)
    return RedirectResponse("/settings", 303)


@router.post("/settings/token", dependencies=[Depends(sent_from_our_page)])
def token(
    request: Request,
    asking: Keeper,
    title: Annotated[str, Form()] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A token, shown once."""
    wanted = [scope for scope in scopes or [] if scope in SCOPES]
    person = asking.session.person.id if asking.session else ""
    try:
        made = asking.app.access.create_token(asking.workspace, title, wanted, person)
    except BadInput as error:
        kept = Refused("token", chosen=tuple(scopes or ()), title=title)
        return _refused(request, asking, error, kept)
    return _page(request, asking, token=made)


@router.post("/settings/token/drop", dependencies=[Depends(sent_from_our_page)])
def drop_token(asking: Keeper, token: Annotated[str, Form()]) -> Response:
    """Withdraw a token."""
    asking.app.access.drop_token(asking.workspace, token, asking.who)
    return RedirectResponse("/settings", 303)


def _refused(request: Request, asking: Asking, error: FenghuoError, kept: Refused) -> Response:
    status = 404 if isinstance(error, Missing) else 422
    kept = msgspec.structs.replace(kept, problem=explain(error, asking.language))
    return _page(request, asking, status=status, refused=kept)


def _page(
    request: Request,
    asking: Asking,
    *,
    status: int = 200,
    invitation: str = "",
    token: str = "",
    refused: Refused = Refused(),  # noqa: B008 - frozen
) -> Response:
    guests = asking.app.guests
    found = guests.guests(asking.workspace) if asking.may("share") else []
    return page(
        request, "settings.html", asking, status=status,
        members=asking.app.access.members(asking.workspace), refused=refused,
        tokens=asking.app.access.tokens(asking.workspace), invitation=invitation, token=token,
        roles=OFFERED, scopes=SCOPES, languages=LANGUAGES,
        guests=[g for g in found if not guests.is_over(g)],
        over=[g for g in found if guests.is_over(g)][:OVER_SHOWN],
        brands={w.id: w.watch.brand for w in asking.app.listen.watches(asking.workspace)},
    )  # fmt: skip


def _roles(roles: list[str] | None) -> list[Role]:
    try:
        wanted = msgspec.convert(roles or [], list[Role])
    except msgspec.ValidationError as error:
        raise BadInput("access.roles_missing") from error
    if not set(wanted) <= set(OFFERED):
        raise BadInput("access.role_not_offered")
    return wanted
