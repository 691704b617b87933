"""Sharing one thing with a guest, and taking that back."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.guest import SHARED_KINDS, NewGuest, Shared, SharedKind
from fenghuo.i18n import LANGUAGES, Language, explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.pages.alerts import own_watch
from fenghuo.web.pages.story import own_story
from fenghuo.web.render import page

router = APIRouter()
Sharer = Annotated[Asking, Depends(needs("share"))]
HOURS = (1, 8, 24, 72, 7 * 24, 14 * 24, 30 * 24)
"""How long is offered; what a form sends may be anything between the least and the most."""
USUAL_HOURS = 72


class Typed(msgspec.Struct, frozen=True):
    """The form as somebody typed it."""

    name: str = ""
    label: str = ""
    language: str = ""
    hours: str = str(USUAL_HOURS)


def typed(
    name: Annotated[str, Form()] = "",
    label: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = str(USUAL_HOURS),
) -> Typed:
    """What the form sent."""
    return Typed(name, label, language, hours)


@router.get("/share/{kind}/{watch}/{item}")
def form(request: Request, asking: Sharer, kind: str, watch: str, item: str) -> Response:
    """For whom, in which language, for how long."""
    return _page(request, asking, _thing(asking, kind, watch, item), Typed())


@router.post("/share/{kind}/{watch}/{item}", dependencies=[Depends(sent_from_our_page)])
def share(
    request: Request, asking: Sharer, kind: str, watch: str, item: str,
    sent: Annotated[Typed, Depends(typed)],
) -> Response:  # fmt: skip
    """Make the link, which is shown once; a refusal keeps what was typed."""
    shared = _thing(asking, kind, watch, item)
    who = asking.session.person.id if asking.session else ""
    try:
        guest, secret = asking.app.guests.invite(asking.workspace, _new(asking, shared, sent), who)
    except FenghuoError as error:
        return _page(request, asking, shared, sent, problem=explain(error, asking.language))
    base = asking.app.config.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return _page(request, asking, shared, Typed(), guest=guest, link=f"{base}/g/{secret}")


@router.post("/settings/guest/revoke", dependencies=[Depends(sent_from_our_page)])
def revoke(asking: Sharer, guest: Annotated[str, Form()]) -> Response:
    """Take a link back, at once."""
    who = asking.session.person.id if asking.session else ""
    asking.app.guests.revoke(asking.workspace, guest, who)
    return RedirectResponse("/settings#guests", 303)


def _thing(asking: Asking, kind: str, watch: str, item: str) -> Shared:
    """The thing of an address; Missing when there is none of the kind here."""
    if kind not in SHARED_KINDS:
        raise Missing("guests.no_kind")
    own_watch(asking, watch)
    if kind == "alert":
        asking.app.warn.alert(watch, item)
    else:
        own_story(asking, watch, item)
    return Shared(msgspec.convert(kind, SharedKind), f"{watch}/{item}")


def _new(asking: Asking, shared: Shared, sent: Typed) -> NewGuest:
    if sent.language not in LANGUAGES:
        raise BadInput("web.no_language")
    # What is no number is no length of time either.
    hours = int(sent.hours) if sent.hours.isascii() and sent.hours.isdecimal() else 0
    language: Language = msgspec.convert(sent.language, Language)
    return NewGuest(shared, sent.name, sent.label, language, asking.zone, hours)


def _page(
    request: Request, asking: Asking, shared: Shared, sent: Typed, **told: object
) -> Response:
    watch, _, item = shared.id.partition("/")
    values = {"problem": "", "guest": None, "link": "", **told}
    return page(
        request, "share.html", asking, status=422 if values["problem"] else 200, shared=shared,
        brand=own_watch(asking, watch).watch.brand, item=item, typed=sent, lengths=HOURS,
        languages=LANGUAGES, open_to_all=bool(asking.app.config.public_url), **values,
    )  # fmt: skip
