"""Duty: who is told and when, where the list has gaps, and whether people can be woken."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.duty import ChannelAddress, Duty, WakeTest
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import Language, say
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import joined, page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Keeper = Annotated[Asking, Depends(needs("duty"))]
CUT = timedelta(minutes=5)
"""A wake test that has been going out for so long belongs to a process that died."""
SILENT = timedelta(minutes=15)
"""So long after a wake test without an answer it is called silence."""
SHOWN_WAKES = 20


class Trouble(msgspec.Struct, frozen=True):
    """Something that keeps people from being told, in words: what, what it means, whose move."""

    title: str
    why: str
    move: str = ""


@router.get("/settings/duty")
def duty(request: Request, asking: Reader) -> Response:
    """The duty list, who is on now, its gaps, and the wake tests."""
    prepare = asking.app.prepare
    duties = sorted(prepare.duties(asking.workspace), key=lambda d: (d.order, d.person.name))
    channels = {c.id: c for c in prepare.channels(asking.workspace)}
    wakes = prepare.wakes(asking.workspace)[:SHOWN_WAKES]
    return page(
        request,
        "duty.html",
        asking,
        duties=[(d, when_words(d, asking.language)) for d in duties],
        on=prepare.on_duty(asking.workspace),
        holes=prepare.holes(asking.workspace),
        channels=channels,
        wakes=[(w, _outcome(w, asking, channels.get(w.channel))) for w in wakes],
        mine=next((w for w in wakes if w.member == asking.who and prepare.awaits(w)), None),
        going_out=any(w.state == "sending" and asking.now - w.asked_at < CUT for w in wakes),
        troubles=troubles(asking),
        names=asking.app.access.names(asking.workspace),
    )


@router.post("/settings/duty/remove", dependencies=[Depends(sent_from_our_page)])
def remove(asking: Keeper, duty: Annotated[str, Form()]) -> Response:
    """Take a duty off the list."""
    asking.app.prepare.remove_duty(asking.workspace, duty, asking.who)
    return RedirectResponse("/settings/duty", 303)


@router.post("/settings/duty/wake", dependencies=[Depends(sent_from_our_page)])
def wake(asking: Keeper, later: BackgroundTasks, member: Annotated[str, Form()] = "") -> Response:
    """Test whether somebody, or everybody on the list, can be woken.

    The calls go out after the answer: a dead channel would keep the page waiting.
    """
    prepare = asking.app.prepare
    listed = [d.person.member for d in prepare.duties(asking.workspace)]
    people = [member] if member else list(dict.fromkeys(listed))
    for one in people:
        prepare.reached(asking.workspace, one)
        later.add_task(prepare.wake, asking.workspace, one, asking.who)
    return RedirectResponse("/settings/duty#wake", 303)


@router.post("/settings/duty/here", dependencies=[Depends(sent_from_our_page)])
def here(asking: Reader, test: Annotated[str, Form()]) -> Response:
    """A wake test reached the asking person: the way to answer where messages carry no link."""
    asking.app.prepare.answer_wake_here(asking.workspace, test, asking.who)
    return RedirectResponse("/settings/duty#wake", 303)


def troubles(asking: Asking) -> list[Trouble]:
    """What keeps people from being told, the worst first."""
    prepare, words = asking.app.prepare, asking.language
    duties = prepare.duties(asking.workspace)
    channels = prepare.channels(asking.workspace)
    if asking.member and asking.member.workspace.kind != "real" and not channels:
        return [Trouble(say("duty.made_up", words), say("duty.made_up_why", words))]
    found = []
    if not prepare.on_duty(asking.workspace):
        found.append(_nobody_now(asking))
    ringing = {c.id for c in channels if c.rings_through}
    silent = [d.person.name for d in duties if not ringing & set(d.person.channels)]
    if silent:
        names = joined(list(dict.fromkeys(silent)), words)
        why, move = say("duty.silent_rows_why", words), say("duty.give_ring", words)
        found.append(Trouble(say("duty.silent_rows", words, names=names), why, move))
    if not asking.app.config.public_url:
        why = say("duty.no_address_why", words)
        found.append(Trouble(say("duty.no_address", words), why))
    return found


def when_words(duty: Duty, language: Language) -> list[str]:
    """When a duty is on, in short phrases: days, hours, dates."""
    said = []
    if duty.weekly:
        days = duty.weekly.days
        named = [say(f"face.day_{day}", language) for day in sorted(days)]
        said.append(say("duty.every_day", language) if len(days) == 7 else joined(named, language))
        said.append(_hours(duty.weekly.start, duty.weekly.end, language))
    zone = ZoneInfo(duty.weekly.time_zone if duty.weekly else duty.person.time_zone)
    start, end = _date(duty.start, zone), _date(duty.end, zone)
    if start and end:
        said.append(say("duty.from_to", language, start=start, end=end))
    elif start:
        said.append(say("duty.only_from", language, start=start))
    elif end:
        said.append(say("duty.only_to", language, end=end))
    return said


def span(time: timedelta, language: Language) -> str:
    """How long something took, in the largest unit that fits."""
    seconds = max(1, round(time.total_seconds()))
    if seconds < 120:
        return say("duty.seconds", language, n=seconds)
    if seconds < 7200:
        return say("duty.minutes", language, n=round(seconds / 60))
    return say("duty.hours", language, n=round(seconds / 3600))


def _hours(start: str, end: str, language: Language) -> str:
    if (start, end) == ("00:00", "00:00"):
        return say("duty.whole_day", language)
    if end > start:
        return f"{start}–{end}"
    return f"{start}–{say('duty.next_day', language)} {end}"


def _date(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""


def _nobody_now(asking: Asking) -> Trouble:
    words = asking.language
    owners = [m.person for m in asking.app.access.members(asking.workspace) if "owner" in m.roles]
    reached = [p for p in owners if _has_channel(asking, p.id)]
    title, move = say("duty.nobody_now", words), say("duty.fill_list", words)
    if not reached:
        return Trouble(
            title, say("duty.nobody_at_all", words), say("duty.add_first_channel", words)
        )
    names = joined([p.name for p in reached], words)
    return Trouble(title, say("duty.nobody_now_why", words, names=names), move)


def _has_channel(asking: Asking, member: str) -> bool:
    try:
        return bool(asking.app.prepare.reached(asking.workspace, member).channels)
    except BadInput:
        return False


def _outcome(test: WakeTest, asking: Asking, channel: ChannelAddress | None) -> str:
    """What came of a wake test, in words."""
    words = asking.language
    if test.state == "answered" and test.answered_at:
        return say("duty.wake_answered", words, time=span(test.answered_at - test.asked_at, words))
    if test.state == "failed":
        return say(test.error, words, **test.values)
    if test.state == "sending":
        late = asking.now - test.asked_at >= CUT
        return say("duty.wake_cut" if late else "duty.wake_sending", words)
    over = channel.title if channel else say("duty.channel_gone", words)
    silent = asking.now - test.asked_at >= SILENT
    return say("duty.wake_silent" if silent else "duty.wake_sent", words, channel=over)
