"""The filters of a search for mentions, as an address carries them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import KINDS, millis
from fenghuo.domain.understanding import CRISIS_TYPES, SENTIMENTS
from fenghuo.ports.listen_store import MentionSearch

Place = tuple[int, str]
CHOICES: Mapping[str, tuple[Sequence[str], str]] = {
    "sentiment": (SENTIMENTS, "mentions.mood_wrong"),
    "crisis": (CRISIS_TYPES, "mentions.type_wrong"),
    "kind": (KINDS, "mentions.kind_wrong"),
}
"""What a filter can be where that does not hang on what was heard, and what is said of others."""
SHAPES = {
    "country": (re.compile("[a-z]{2}"), "mentions.country_wrong"),
    "language": (re.compile("[a-z]{2,3}(-[A-Za-z]{2,8})?"), "mentions.language_wrong"),
    "platform": (re.compile(r"[^\x00-\x1f\x7f]{1,1000}"), "mentions.platform_wrong"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Posts from before or after are refused at intake: who asks for them has mistyped."""
SHOWN_OF_WRONG = 60

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True)
class Wanted:
    """The filters of the address; a link with them shows the same to everybody.

    `since` and `until` are minutes on the clocks of `zone` ("2026-05-03T18:00"), the last one
    included; without a zone, on those of whoever asks.
    """

    q: str = ""
    watch: str = ""
    sentiment: str = ""
    crisis: str = ""
    platform: str = ""
    language: str = ""
    country: str = ""
    kind: str = ""
    grave: str = ""
    since: str = ""
    until: str = ""
    zone: str = ""
    before: str = ""
    excluded: str = ""
    story: str = ""

    def filters(self) -> dict[str, str]:
        """What the address narrows by, for a link to all of it; where a page begins is left out."""
        spans = self.since or self.until
        named = {name: v for name, v in vars(self).items() if v and name != "before"}
        return named if spans else {name: v for name, v in named.items() if name != "zone"}

    def without(self, name: str) -> dict[str, str]:
        """The filters but this one, and those that mean nothing without it."""
        gone = {name, "story"} if name == "watch" else {name}
        if name == "span":
            gone = {"since", "until", "zone"}
        return {key: value for key, value in self.filters().items() if key not in gone}

    def search(self, workspace: str, limit: int, zone: str) -> MentionSearch:
        """The search of these filters in a workspace; `q` comes on top of it.

        BadInput names the filter that cannot be. `zone` is that of whoever asks.
        """
        check_labels(vars(self))
        since, until = span(self.since, self.until, self.zone or zone)
        return MentionSearch(
            workspace,
            self.watch,
            since=since,
            until=until,
            story=self.story,
            platform=self.platform,
            country=self.country,
            kind=self.kind,
            lang=self.language,
            sentiment=self.sentiment,
            crisis_type=self.crisis,
            grave=bool(self.grave),
            with_excluded=bool(self.excluded),
            before=_place(self.before),
            limit=limit,
        )


def check_labels(wanted: Mapping[str, str]) -> None:
    """BadInput for the first filter that is none of its choices, or that nothing could be."""
    for name, (choices, key) in CHOICES.items():
        if wanted[name] and wanted[name] not in choices:
            raise BadInput(key, value=_short(wanted[name]))
    for name, (shape, key) in SHAPES.items():
        if wanted[name] and not shape.fullmatch(wanted[name]):
            raise BadInput(key, value=_short(wanted[name]))


def span(since: str, until: str, zone: str) -> tuple[int, int]:
    """From and to in milliseconds, `to` being the first that is out; 0 where it is open.

    A day alone is meant whole, a minute too. BadInput when a time cannot be read or be true.
    """
    if (since or until) and zone not in available_timezones():
        raise BadInput("web.no_zone", zone=_short(zone))
    begin = _moment(since, zone) if since else None
    end = _moment(until, zone) if until else None
    if end:
        end += timedelta(days=1) if len(until) == len("2026-05-03") else timedelta(minutes=1)
    if begin and end and begin >= end:
        raise BadInput("mentions.span_wrong", since=_short(since), until=_short(until))
    return millis(begin) if begin else 0, millis(end) if end else 0


def as_minutes(day_or_minute: str, minute: str) -> str:
    """A time as a field for minutes takes it; of a day alone this minute, "" what is no time."""
    shown = f"{day_or_minute}T{minute}" if _DAY.fullmatch(day_or_minute) else day_or_minute
    return shown[:16] if _MINUTE.match(shown) else ""


def _moment(text: str, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("mentions.time_wrong", str(error), value=_short(text)) from error
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise BadInput("mentions.time_absurd", value=_short(text))
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def _short(value: str) -> str:
    return value if len(value) <= SHOWN_OF_WRONG else value[:SHOWN_OF_WRONG] + "…"


def _place(text: str) -> Place | None:
    at, _, name = text.partition(".")
    right = at.isascii() and at.isdecimal() and len(at) < 16 and name
    return (int(at), name) if right else None
