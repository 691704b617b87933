"""Where each name of a source was read to, and what is new in one reading."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from fenghuo.platforms.mastodon.statuses import Status, post_of
from fenghuo.ports.reads import Batch, Remark

EVERY = timedelta(minutes=1)
LATE = timedelta(minutes=5)
"""A post from elsewhere takes its place by when it was written, not by when it came, so that the
last minutes of a timeline are read again; what was known is known by its id."""
SNOWFLAKE = 10**15
"""From here on an id holds the time: milliseconds since 1970, and 16 bits."""
REMEMBERED = 5_000

_places = msgspec.json.Decoder(dict[str, str])


class Found(msgspec.Struct, frozen=True):
    """Posts of one name, and the place in its timeline that is reached with them."""

    name: str
    statuses: Sequence[Status]
    place: str
    broken: int = 0


class Reading:
    """The places that are reached, and the ids that were given, in one reading."""

    def __init__(self, host: str, cursor: str, now: datetime) -> None:
        """`cursor` as a batch gave it, or ""."""
        self.places = _places.decode(cursor or "{}")
        self._host = host
        self._now = now
        self._seen: dict[str, None] = {}

    def batch(self, found: Iterable[Found]) -> Batch:
        """The posts that are new in this reading, with the places behind them."""
        posts, broken = [], 0
        for one in found:
            reached = self.places.get(one.name, "")
            self.places[one.name] = max(one.place, reached, key=order)
            posts += [post_of(status, self._host) for status in one.statuses if self._new(status)]
            broken += one.broken
        behind = any(place.endswith("+") for place in self.places.values())
        told = Remark("sources.messages_broken", {"host": self._host, "count": broken})
        cursor = msgspec.json.encode(self.places).decode()
        return Batch(
            posts, cursor, self._now + (timedelta(0) if behind else EVERY), [told] * bool(broken)
        )

    def _new(self, status: Status) -> bool:
        """Whether it is new here, and said to all: a search also finds what was said to us."""
        known = status.id in self._seen
        self._seen[status.id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return not known and status.visibility in {"public", "unlisted"}


def newest(statuses: Iterable[Status]) -> str:
    """The place that is reached with these, or "" with none."""
    return max((status.id for status in statuses), key=order, default="")


def order(place: str) -> tuple[int, str]:
    """Ids grow; those of one server are as long as one another, or longer when later."""
    place = place.removesuffix("+")
    return len(place), place


def before(place: str) -> str:
    """The place some minutes earlier; itself where an id does not tell a time."""
    if place.isdecimal() and int(place) > SNOWFLAKE:
        return str(int(place) - (LATE // timedelta(milliseconds=1) << 16))
    return place
