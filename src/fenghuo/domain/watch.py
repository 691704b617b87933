"""A watch: one monitored thing, a brand's query in a workspace."""

from datetime import datetime

import msgspec


class KnownEvent(msgspec.Struct, frozen=True):
    """A launch, a sale, a firmware release: more posts are expected between the two times."""

    name: str
    start: datetime
    end: datetime


class Competitor(msgspec.Struct, frozen=True):
    """A rival brand and the query that finds it."""

    brand: str
    query: str


class Watch(msgspec.Struct, frozen=True):
    """What is listened for. `quiet_hours` is "HH:MM-HH:MM" in `time_zone`, or empty."""

    brand: str
    query: str
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    competitors: tuple[Competitor, ...] = ()
    quiet_hours: str = ""
    time_zone: str = "UTC"
    events: tuple[KnownEvent, ...] = ()
