"""Channels: over what people are told, whose each is, whether it wakes a sleeper."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.duty import NewChannel
from fenghuo.domain.errors import BadInput, FenghuoError, Missing, UserMove
from fenghuo.i18n import Language, catalogue, explain, say
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.pages.duty import troubles
from fenghuo.web.render import page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Owner = Annotated[Asking, Depends(needs("channels"))]
Text = Annotated[str, Form()]
EMPTY = NewChannel("", "")


@router.get("/settings/channels")
def channels(request: Request, asking: Reader) -> Response:
    """The channels of the workspace, addresses masked; owners can add one."""
    return _page(request, asking)


def typed(
    address: Text, title: Text = "", secret: Text = "", member: Text = "", rings: Text = ""
) -> NewChannel:
    """A channel as somebody fills it into the form."""
    return NewChannel(address.strip(), title.strip(), secret.strip(), member, bool(rings))


@router.post("/settings/channels", dependencies=[Depends(sent_from_our_page)])
def add(request: Request, asking: Owner, new: Annotated[NewChannel, Depends(typed)]) -> Response:
    """Try an address and keep it.

    What somebody must mend first is not kept and comes back with its reason; what may work in a
    minute is kept.
    """
    try:
        if new.member and new.member not in _names(asking):
            raise BadInput("telling.no_member")
        asking.app.prepare.try_address(new, asking.language)
        note = say("duty.kept", asking.language)
    except UserMove as error:
        problem = f"{say('duty.not_kept', asking.language)} {explain(error, asking.language)}"
        return _page(request, asking, problem=problem, filled=new)
    except FenghuoError as error:
        note = f"{say('duty.kept_untested', asking.language)} {explain(error, asking.language)}"
    asking.app.prepare.add_channel(asking.workspace, new, asking.who)
    return _page(request, asking, note=note)


@router.post("/settings/channels/test", dependencies=[Depends(sent_from_our_page)])
def test(request: Request, asking: Owner, channel: Text) -> Response:
    """Send a test message now and say how it went."""
    title = _title(asking, channel)
    try:
        asking.app.prepare.test_channel(asking.workspace, channel, asking.language)
    except FenghuoError as error:
        failed = say("duty.test_failed", asking.language, title=title)
        problem = f"{failed} {explain(error, asking.language)}"
        return _page(request, asking, problem=problem)
    return _page(request, asking, note=say("duty.test_went", asking.language, title=title))


@router.post("/settings/channels/ring", dependencies=[Depends(sent_from_our_page)])
def ring(asking: Owner, channel: Text, rings: Text = "") -> Response:
    """Say whether a channel wakes a sleeper."""
    asking.app.prepare.set_ringing(asking.workspace, channel, bool(rings), asking.who)
    return RedirectResponse("/settings/channels", 303)


@router.post("/settings/channels/drop", dependencies=[Depends(sent_from_our_page)])
def drop(asking: Owner, channel: Text) -> Response:
    """Forget a channel with its address."""
    asking.app.prepare.remove_channel(asking.workspace, channel, asking.who)
    return RedirectResponse("/settings/channels", 303)


def kind_word(kind: str, language: Language) -> str:
    """A kind of channel as people call it; its scheme where we have no word."""
    return catalogue(language).get(f"duty.kind_{kind}", kind)


def _page(
    request: Request,
    asking: Asking,
    *,
    problem: str = "",
    note: str = "",
    filled: NewChannel = EMPTY,
) -> Response:
    return page(
        request,
        "channels.html",
        asking,
        status=422 if problem else 200,
        channels=asking.app.prepare.channels(asking.workspace),
        names=_names(asking),
        kind_word=lambda kind: kind_word(kind, asking.language),
        troubles=troubles(asking),
        problem=problem,
        note=note,
        filled=filled,
    )


def _names(asking: Asking) -> dict[str, str]:
    return {m.person.id: m.person.name for m in asking.app.access.members(asking.workspace)}


def _title(asking: Asking, channel: str) -> str:
    for known in asking.app.prepare.channels(asking.workspace):
        if known.id == channel:
            return known.title
    raise Missing("telling.no_channel_found")
