"""Whom to call about an alert, and when to call the next: pure rules over facts and calls.

The order of events is of no matter: `plan` looks at what is there and says which calls are new
and which have ended. While an alert waits for an answer there is always one call due or being
sent, so a restart finds every timer in the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from fenghuo.domain.duty import Call, CallState, Person
from fenghuo.domain.fact import Fact
from fenghuo.domain.identity import identity
from fenghuo.domain.level import Level, rank
from fenghuo.domain.post import millis
from fenghuo.prepare import quiet_until

WINDOW: dict[Level, timedelta | None] = {
    # So long one person may take to acknowledge before the next is called. Shorter: people are
    # woken whose colleague was just unlocking the phone. Longer: the first hour is lost; an alert
    # that is grave should have somebody on it within five minutes.
    "red": timedelta(minutes=5),
    "orange": timedelta(minutes=5),
    "yellow": timedelta(minutes=15),
    # Blue asks nobody to answer: it is told once.
    "blue": None,
    "calm": None,
}
RETRY = timedelta(minutes=15)
"""Where a level asks for no answer: the pause before a person who could not be reached is tried
again."""
LEASE = timedelta(minutes=3)
"""A call claimed so long ago belongs to a process that died; every send ends well before.
Shorter: a slow send is taken for dead and its person called twice."""
NOBODY = Person("", "")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Subject(msgspec.Struct, frozen=True):
    """Which alert is told of; `quiet_hours` and `time_zone` are those of its watch."""

    workspace: str
    watch: str
    alert: str
    quiet_hours: str = ""
    time_zone: str = "UTC"


class Occasion(msgspec.Struct, frozen=True):
    """What has to be told: the fact's number, the level, and who passed it on if somebody did.

    `escalated_by` is a member's id.
    """

    seq: int
    level: Level
    escalated_by: str = ""


class Team(msgspec.Struct, frozen=True):
    """People to call in order, channels in order; `owner` marks owners, as nobody is on duty."""

    people: tuple[Person, ...] = ()
    owner: bool = False


class _Desk(msgspec.Struct, frozen=True):
    """All that the choice of the next call looks at."""

    subject: Subject
    asked: Occasion
    calls: Sequence[Call]
    team: Team


def window(level: Level, person: Person) -> timedelta | None:
    """So long this person may take to acknowledge at this level; None when nobody has to."""
    usual = WINDOW[level]
    return timedelta(minutes=person.wait_minutes) if usual and person.wait_minutes else usual


def occasion(facts: Sequence[Fact]) -> Occasion | None:
    """What the facts of one alert ask to tell now; None when nobody needs to be called.

    Opened, raised and escalated call. Growth never does. Acknowledged, dismissed and closed end
    it; so does falling, unless the lower level is still orange or higher and nobody answered.
    """
    now: Occasion | None = None
    for fact in sorted(facts, key=lambda f: f.seq):
        if fact.fact in {"alert_opened", "alert_raised"}:
            now = Occasion(fact.seq, fact.level)
        elif fact.fact == "alert_escalated":
            now = Occasion(fact.seq, fact.level, fact.who)
        elif fact.fact == "alert_lowered" and now and rank(fact.level) >= rank("orange"):
            now = Occasion(now.seq, fact.level, now.escalated_by)
        elif fact.fact.startswith("alert_") and fact.fact != "alert_updated":
            now = None
    return now


def plan(
    subject: Subject, facts: Sequence[Fact], calls: Sequence[Call], team: Team, now: datetime
) -> list[Call]:
    """Calls to save: new ones, and known ones whose state changed. Planning again adds nothing.

    1. calls of a dead process have failed; 2. calls that nobody waits for have passed; 3. when an
    answer is wanted and no call is left to make, the next one is due.
    """
    asked = occasion(facts)
    after = [_buried(call, now) for call in calls]
    if asked and is_answered(asked, after):
        asked = None
    team = team if team.people else Team((NOBODY,), team.owner)
    after = [_settled(call, asked, team, now) for call in after]
    changed = [call for was, call in zip(calls, after, strict=True) if was != call]
    following = asked and _following(_Desk(subject, asked, after, team), now)
    return [*changed, following] if following else changed


def in_hand_before(facts: Sequence[Fact]) -> str:
    """The id of whoever had the alert in hand when it was raised to what it asks now; "" nobody."""
    asked, taken = occasion(facts), ""
    for fact in sorted(facts, key=lambda f: f.seq):
        if asked and fact.seq == asked.seq:
            return taken if fact.fact == "alert_raised" else ""
        if fact.fact == "alert_acknowledged":
            taken = fact.who
    return ""


def is_alone(person: Person, team: Team, facts: Sequence[Fact]) -> bool:
    """Whether nobody but this person could be called next: who escalated is passed over."""
    asked = occasion(facts)
    passed = {person.member, asked.escalated_by if asked else ""}
    return {one.member for one in team.people} <= passed


def is_answered(asked: Occasion, calls: Iterable[Call]) -> bool:
    """Whether somebody acknowledged what is asked now."""
    return any(c.state == "answered" and c.occasion == asked.seq for c in calls)


def claimed(call: Call, token: str, now: datetime) -> Call:
    """The call as it goes out; `token` is the digest of its link's token."""
    return replace(call, state="sending", claimed_at=now, token=token)


def sent(call: Call, now: datetime) -> Call:
    """The call after its message left; one answered or ended meanwhile stays so."""
    return replace(call, state="sent" if call.state == "sending" else call.state, sent_at=now)


def failed(call: Call, error: str, values: Mapping[str, str | int | float]) -> Call:
    """The call after its message could not be sent, or nobody knows whether it was."""
    state: CallState = "failed" if call.state == "sending" else call.state
    return replace(call, state=state, error=error, values=dict(values))


def answered(call: Call, asked: Occasion, now: datetime, by: str = "") -> Call:
    """The call as acknowledged by a member: the answer holds for what the alert says now."""
    return replace(
        call,
        state="answered",
        answered_at=now,
        answered_by=by or call.member,
        occasion=asked.seq,
        level=asked.level,
    )


def stopped(calls: Sequence[Call], facts: Sequence[Fact], now: datetime, by: str) -> list[Call]:
    """The call to save when a member acknowledges without its link: the last that went out.

    Of calls that all wait to go out the last; none when nobody is asked any more.
    """
    asked = occasion(facts)
    if not asked or not calls or is_answered(asked, calls):
        return []
    last = max(calls, key=lambda call: (call.claimed_at is not None, call.turn))
    return [answered(last, asked, now, by)]


def _buried(call: Call, now: datetime) -> Call:
    if call.state == "sending" and call.claimed_at and now - call.claimed_at >= LEASE:
        return failed(call, "telling.interrupted", {})
    return call


def _settled(call: Call, asked: Occasion | None, team: Team, now: datetime) -> Call:
    if call.state not in {"due", "sent"}:
        return call
    if asked is None or (call.occasion, call.level) != (asked.seq, asked.level):
        return replace(call, state="passed")
    if call.state == "due":
        off_duty = call.member not in {person.member for person in team.people}
        return replace(call, state="passed") if off_duty and call.due_at <= now else call
    wait = window(call.level, _of(team, call.member))
    run_out = wait and call.sent_at and now - call.sent_at >= wait
    return replace(call, state="passed") if run_out else call


def _following(desk: _Desk, now: datetime) -> Call | None:
    asked = desk.asked
    mine = [c for c in desk.calls if (c.occasion, c.level) == (asked.seq, asked.level)]
    if any(call.state in {"due", "sending"} for call in mine):
        return None
    made = sorted((c for c in mine if c.claimed_at), key=lambda c: c.turn)
    last = made[-1] if made else None
    start = now
    if last and last.state == "failed":
        again = _other_channel(made, desk.team)
        if again:
            return _call(desk, *again, now)
    elif last and last.state == "sent" and last.sent_at:
        wait = window(asked.level, _of(desk.team, last.member))
        if wait is None:
            return None
        start = last.sent_at + wait
    person, due = _next_person(desk, start)
    return _call(desk, person, (*person.channels, "")[0], due)


def _other_channel(made: Sequence[Call], team: Team) -> tuple[Person, str] | None:
    member = made[-1].member
    of_this_turn = takewhile(lambda c: (c.member, c.state) == (member, "failed"), reversed(made))
    tried = {call.channel for call in of_this_turn}
    for person in team.people:
        if person.member == member:
            return next(((person, c) for c in person.channels if c not in tried), None)
    return None


def _next_person(desk: _Desk, start: datetime) -> tuple[Person, datetime]:
    """Who can be called soonest; of several, who was never or longest ago called; then in order."""
    by = desk.asked.escalated_by
    others = [p for p in desk.team.people if not by or p.member != by]
    ranked = []
    for index, person in enumerate(others or desk.team.people):
        mine = [c for c in desk.calls if c.claimed_at and c.member == person.member]
        told = max((_moment(c) for c in mine), default=_LONG_AGO)
        ready = max(start, _rested(mine, person, desk.asked.level))
        ranked.append((_awake(desk, person, ready), told, index, person))
    ready, _, _, person = min(ranked, key=lambda r: r[:3])
    return person, ready


def _of(team: Team, member: str) -> Person:
    return next((p for p in team.people if p.member == member), NOBODY)


def _rested(calls: Iterable[Call], person: Person, level: Level) -> datetime:
    """When a person may be called again: a window after the last call as grave as this one."""
    pause = window(level, person) or RETRY
    grave = (_moment(c) + pause for c in calls if rank(c.level) >= rank(level))
    return max(grave, default=_LONG_AGO)


def _awake(desk: _Desk, person: Person, at: datetime) -> datetime:
    if rank(desk.asked.level) >= rank("orange"):
        return at
    # Twice: the end of the one's quiet hours may lie in the other's.
    for _ in range(2):
        at = quiet_until(desk.subject.quiet_hours, desk.subject.time_zone, at)
        at = quiet_until(person.quiet_hours, person.time_zone, at)
    return at


def _moment(call: Call) -> datetime:
    return call.sent_at or call.claimed_at or call.due_at


def _call(desk: _Desk, person: Person, channel: str, due: datetime) -> Call:
    turn = 1 + max((call.turn for call in desk.calls), default=0)
    about = desk.subject
    name = identity(millis(due), about.workspace, about.watch, about.alert, str(turn))
    return Call(
        name, about.workspace, about.watch, about.alert, desk.asked.seq, turn, desk.asked.level,
        person.member, person.name, channel, due, owner=desk.team.owner,
    )  # fmt: skip
