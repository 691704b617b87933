"""Who is on duty, whom to call after whom, and where the list has holes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fenghuo.domain.duty import Duty, Hole, Person, Weekly
from fenghuo.domain.errors import BadInput
from fenghuo.domain.level import Level, rank

DAY = timedelta(days=1)
LONGEST_WAIT = 60
"""Minutes. Longer: the whole chain is asleep while one phone is off."""
LAST_IN_ORDER = 99
AHEAD_DAYS = 7
"""How far holes are looked for. Longer: next week's list, not yet written, always looks torn."""

Stretch = tuple[datetime, datetime]


def check(duty: Duty) -> None:
    """BadInput when a duty can never be on, or its hours cannot be read."""
    if duty.start and duty.end and duty.end <= duty.start:
        raise BadInput("telling.duty_order")
    if not (duty.weekly or (duty.start and duty.end)):
        raise BadInput("telling.duty_hours_missing")
    if duty.weekly:
        if not duty.weekly.days or not set(duty.weekly.days) <= set(range(7)):
            raise BadInput("telling.duty_days")
        zone(duty.weekly.time_zone)
        _clock(duty.weekly.start), _clock(duty.weekly.end)
    zone(duty.person.time_zone)
    if not 1 <= duty.order <= LAST_IN_ORDER:
        raise BadInput("telling.order_wrong")
    if not 0 <= duty.person.wait_minutes <= LONGEST_WAIT:
        raise BadInput("telling.wait_wrong", longest=LONGEST_WAIT)
    if duty.person.quiet_hours:
        _every_day(duty.person.quiet_hours, duty.person.time_zone)


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; BadInput when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A folder of the zones ("Europe") and a name too long for a file are no zones either.
        raise BadInput("telling.zone_unknown", str(error), zone=name[:40]) from error


def stretches(duty: Duty, start: datetime, end: datetime) -> list[Stretch]:
    """When this duty is on between two aware times, each stretch cut to them, in order."""
    first = max(start, duty.start) if duty.start else start
    last = min(end, duty.end) if duty.end else end
    if first >= last:
        return []
    if duty.weekly is None:
        return [(first, last)]
    cut = ((max(first, a), min(last, b)) for a, b in _weekly(duty.weekly, first, last))
    return [(a, b) for a, b in cut if a < b]


def on_duty(duties: Sequence[Duty], at: datetime) -> list[Person]:
    """Those on duty at an aware time, the first to be called in front, nobody twice."""
    return _people(_on(duties, at))


def chain(duties: Sequence[Duty], at: datetime, level: Level) -> list[Person]:
    """Whom to call, one after the other, nobody twice; empty when nobody is on duty.

    From orange on, leads who are off duty stand behind those on duty: better to wake a lead than
    to ring one sleeping phone all night.
    """
    on = _on(duties, at)
    if not on or rank(level) < rank("orange"):
        return _people(on)
    leads = (d for d in duties if d.role in {"lead", "owner"} and _alive(d, at))
    return _people([*on, *sorted(leads, key=_first)])


def ordered_channels(
    person: Person, level: Level, ringing: Collection[str], known: Collection[str]
) -> Person:
    """The person with channels that exist; from orange on those that ring through come first."""
    channels = [c for c in person.channels if c in known]
    if rank(level) >= rank("orange"):
        channels.sort(key=lambda c: c not in ringing)
    return msgspec.structs.replace(person, channels=tuple(channels))


def holes(
    duties: Sequence[Duty], ringing: Collection[str], start: datetime, days: int = AHEAD_DAYS
) -> list[Hole]:
    """Gaps from an aware time on; neighbours of one kind are one hole."""
    end = start + days * DAY
    spans = [(a, b, duty) for duty in duties for a, b in stretches(duty, start, end)]
    edges = sorted({start, end, *(a for a, _, _ in spans), *(b for _, b, _ in spans)})
    found: list[Hole] = []
    for a, b in pairwise(edges):
        here = [duty.person for first, last, duty in spans if first <= a < last]
        if any(set(person.channels) & set(ringing) for person in here):
            continue
        hole = Hole(a, b, "silent" if here else "nobody")
        if found and found[-1].end == a and found[-1].kind == hole.kind:
            hole = Hole(found.pop().start, b, hole.kind)
        found.append(hole)
    return found


def quiet_until(hours: str, time_zone: str, at: datetime) -> datetime:
    """The end of the quiet hours that hold at `at`, or `at` itself when none do.

    `hours` is "HH:MM-HH:MM" in `time_zone`, or empty. Raises BadInput when it cannot be read.
    """
    if not hours:
        return at
    here = [b for a, b in _weekly(_every_day(hours, time_zone), at, at + DAY) if a <= at < b]
    return max(here, default=at)


def _every_day(hours: str, time_zone: str) -> Weekly:
    start, _, end = (part.strip() for part in hours.partition("-"))
    _clock(start), _clock(end)
    return Weekly(tuple(range(7)), start, end, time_zone)


def _weekly(weekly: Weekly, first: datetime, last: datetime) -> Iterator[Stretch]:
    local = zone(weekly.time_zone)
    start, end = _clock(weekly.start), _clock(weekly.end)
    # A night that began yesterday may still be on.
    day = first.astimezone(local).date() - DAY
    while day <= last.astimezone(local).date():
        if day.weekday() in weekly.days:
            until = day if end > start else day + DAY
            # Each end is made of its own local time, so that a night keeps its clock times when
            # summer time begins or ends in it.
            yield (
                datetime.combine(day, start, local).astimezone(first.tzinfo),
                datetime.combine(until, end, local).astimezone(first.tzinfo),
            )
        day += DAY


def _clock(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        raise BadInput("telling.hours_wrong", hours=text) from error


def _first(duty: Duty) -> tuple[int, str, str]:
    return duty.order, duty.person.name, duty.id


def _on(duties: Iterable[Duty], at: datetime) -> list[Duty]:
    moment = timedelta(microseconds=1)
    return sorted((d for d in duties if stretches(d, at, at + moment)), key=_first)


def _alive(duty: Duty, at: datetime) -> bool:
    return duty.end is None or duty.end > at


def _people(duties: Iterable[Duty]) -> list[Person]:
    first: dict[str, Person] = {}
    for duty in duties:
        first.setdefault(duty.person.member, duty.person)
    return list(first.values())
