"""Logs for tests: rows written by hand or drawn by hypothesis, as intake would write them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from fenghuo.domain.log import (
    Decision,
    DecisionRow,
    Heard,
    Meaning,
    MentionRow,
    Row,
    Settings,
    Silenced,
    TickRow,
    UnderstoodRow,
    next_until,
)
from fenghuo.domain.understanding import CRISIS_TYPES, CueName

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
T0 = 1_750_000_000_000 // HOUR * HOUR


def vector(topic: int) -> bytes:
    """A unit vector in int8 for a topic; different topics are nearly at right angles."""
    raw = np.random.default_rng(topic).normal(size=512)
    unit: bytes = np.rint(raw / np.linalg.norm(raw) * 127).astype(np.int8).tobytes()
    return unit


VECTORS = [vector(topic) for topic in range(8)]


def meaning(
    *, negative: float = 0.1, cues: Sequence[CueName] = (), topic: int = 0, kind: str = "none"
) -> Meaning:
    """What a post means."""
    crisis = tuple(0.9 if name == kind else 0.1 / 6 for name in CRISIS_TYPES)
    return Meaning("en", negative, 0.05, crisis, tuple((c, 0.9) for c in cues), VECTORS[topic])


class LogBook:
    """Writes a log as intake and the understanding worker do."""

    def __init__(self, start: int = T0) -> None:
        self.rows: list[Row] = []
        self.until = next_until(0, start, start)
        self.rows.append(DecisionRow(self.until, start, Settings()))
        self._next = 0

    def post(self, at: int, what: Meaning | None = None, *, received: int | None = None) -> str:
        """A mention and, right after it, what it means."""
        self._next += 1
        name = f"m{self._next}"
        source = Heard(name, at, platform="x")
        self.until = next_until(self.until, at, received or at)
        self.rows.append(MentionRow(self.until, received or at, source))
        self.rows.append(UnderstoodRow(self.until, source, what or meaning()))
        return name

    def tick(self, at: int) -> None:
        """A minute or an hour of silence."""
        self.until = next_until(self.until, at, at)
        self.rows.append(TickRow(self.until, at))

    def decide(self, at: int, decision: Decision) -> None:
        """A decision of a person or a setting."""
        self.until = next_until(self.until, at, at)
        self.rows.append(DecisionRow(self.until, at, decision))

    def quiet_days(self, days: int, a_day: int = 4, start: int = T0) -> int:
        """Ordinary days: `a_day` harmless posts a day; answers the time after them."""
        for day in range(days):
            for n in range(a_day):
                self.post(start + day * DAY + n * (DAY // a_day) + 7 * MINUTE)
        end = start + days * DAY
        self.tick(end)
        return end


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    """Any log: gaps from seconds to days, late posts, floods, grave posts, ticks."""
    book = LogBook()
    at = T0
    for _ in range(draw(st.integers(1, 30))):
        gaps = [0, 20_000, MINUTE, 10 * MINUTE, HOUR, 7 * HOUR, 3 * DAY, 130 * DAY]
        at += draw(st.sampled_from(gaps))
        if draw(st.booleans()) and draw(st.booleans()):
            if draw(st.booleans()):
                source, heard = draw(st.sampled_from("ab")), draw(st.booleans())
                title = draw(st.sampled_from(["", "Forum"]))
                book.decide(at, Silenced(source, heard, title))
            else:
                book.tick(at)
            continue
        lag = draw(st.sampled_from([0, 0, 0, MINUTE, 5 * MINUTE, DAY]))
        what = meaning(
            negative=draw(st.sampled_from([0.1, 0.9])),
            cues=draw(st.sampled_from([(), (), (), ("fire",), ("child", "injury")])),
            topic=draw(st.integers(0, 7)),
            kind=draw(st.sampled_from(CRISIS_TYPES)),
        )
        for _ in range(draw(st.sampled_from([1, 1, 1, 15]))):
            book.post(at - lag, what, received=at)
    return book.rows


def cut(rows: Sequence[Row], borders: Iterable[int]) -> list[list[Row]]:
    """The rows in batches that end at the borders."""
    places = sorted({min(b, len(rows)) for b in borders} | {0, len(rows)})
    return [list(rows[a:b]) for a, b in pairwise(places)]
