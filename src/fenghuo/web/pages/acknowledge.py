"""The page of a link in a message: looking spends nothing, pressing answers.

The token is the right, so neither a session nor a form's word is asked for; a chat tool's link
preview may come first, and only POST answers. The guard still refuses forms of other sites.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from fenghuo.domain.duty import Call, Person, WakeTest
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import explain
from fenghuo.web.asking import LANGUAGE, Asking, anybody
from fenghuo.web.pages.duty import span
from fenghuo.web.render import page

router = APIRouter()
Anybody = Annotated[Asking, Depends(anybody)]
WAKE = "w"
"""How tokens of wake tests begin; all others belong to calls about alerts."""


@router.api_route("/a/{token}", methods=["GET", "HEAD"])
def look(request: Request, asking: Anybody, token: str) -> Response:
    """What the link is about, and the button."""
    try:
        if token.startswith(WAKE):
            return _wake(request, asking, asking.app.prepare.wake_of(token))
        return _alert(request, asking, token)
    except BadInput as error:
        return _over(request, asking, error)


@router.post("/a/{token}")
def press(request: Request, asking: Anybody, token: str) -> Response:
    """Acknowledge the alert, or say that a wake test arrived."""
    prepare = asking.app.prepare
    try:
        if token.startswith(WAKE):
            before = prepare.wake_of(token)
            done = prepare.answer_wake(token)
            return _wake(request, asking, done, fresh=prepare.awaits(before))
        call = asking.app.telling.answer(token, _signed_in(asking, token))
    except BadInput as error:
        return _over(request, asking, error)
    return _alert(request, asking, token, done=call)


def _alert(request: Request, asking: Asking, token: str, done: Call | None = None) -> Response:
    shown = asking.app.telling.show(token)
    if shown.problem and not done:
        raise shown.problem
    reader = _as_receiver(request, asking, shown.call)
    about, reasons, against = asking.app.in_words(shown.fact, reader.language)
    return page(
        request,
        "acknowledge.html",
        reader,
        shown=shown,
        about=about,
        reasons=reasons,
        against=against,
        following=next((c for c in shown.calls if c.state == "due" and c.member), None),
        done=done,
    )


def _wake(request: Request, asking: Asking, test: WakeTest, fresh: bool = False) -> Response:
    if not fresh and not asking.app.prepare.awaits(test):
        raise BadInput("telling.test_answered" if test.answered_at else "telling.wake_expired")
    reader = _as_receiver(request, asking, test)
    took = test.answered_at - test.asked_at if test.answered_at else None
    words = span(took, reader.language) if took else ""
    asker = asking.app.prepare.name_of(test.workspace, test.asked_by)
    return page(request, "wake.html", reader, test=test, took=words, asker=asker)


def _over(request: Request, asking: Asking, error: BadInput) -> Response:
    """A link that answers nothing: 404 when it is not ours, 410 when its time is over."""
    wrong = error.key == "telling.link_unknown"
    text = explain(error, asking.language)
    status = 404 if wrong else 410
    return page(request, "link_over.html", asking, status=status, wrong=wrong, text=text)


def _as_receiver(request: Request, asking: Asking, told: Call | WakeTest) -> Asking:
    """In the language and time of whom the message was sent to, unless somebody is signed in."""
    now = asking.app.clock.now(told.workspace)
    if asking.session:
        return msgspec.structs.replace(asking, now=now)
    receiver = _receiver(asking, told)
    chosen = asking.language if LANGUAGE in request.cookies else receiver.language
    return msgspec.structs.replace(asking, now=now, language=chosen, away=receiver.time_zone)


def _receiver(asking: Asking, told: Call | WakeTest) -> Person:
    try:
        return asking.app.prepare.reached(told.workspace, told.member)
    except BadInput:
        # Taken off the list meanwhile; the link still speaks for them.
        return Person(told.member, told.name, language=asking.language, time_zone=asking.zone)


def _signed_in(asking: Asking, token: str) -> str:
    """The member who presses, "" when nobody of the alert's workspace is signed in.

    A link in a group's chat may be pressed by another than the one it was sent to.
    """
    if asking.session is None:
        return ""
    member = asking.session.member(asking.app.telling.show(token).call.workspace)
    return member.person.id if member and member.may("judge") else ""
