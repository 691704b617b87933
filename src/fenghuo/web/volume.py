"""What the volume chart draws, as plain values for a JSON block; the words come with it.

The browser knows no zone and no language: labels are made here.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level
from fenghuo.domain.post import aware, millis
from fenghuo.domain.watch import KnownEvent
from fenghuo.ports.listen_store import Volume

Value = TypeVar("Value")
DAY_MS = 24 * 3_600_000
RISES = frozenset({"alert_opened", "alert_raised"})
WORDS = ("usual", "posts", "negative", "unheard")


class Mark(msgspec.Struct, frozen=True):
    """A level on the curve, or a known event: at which bin, and what stands beside it."""

    bin: int
    words: str
    level: Level = "calm"


class Chart(msgspec.Struct, frozen=True):
    """One value a bin: its label, its counts and, where known, its usual range.

    The last bin is unfinished. `now` is the label of the line that ends what was seen. What is
    None was before the watch listened: nobody knows how many there were.
    """

    labels: tuple[str, ...]
    counts: tuple[int | None, ...]
    negative: tuple[int | None, ...]
    usual: tuple[tuple[float, float] | None, ...]
    levels: tuple[Mark, ...]
    events: tuple[Mark, ...]
    now: str
    words: dict[str, str]


class Frame(msgspec.Struct, frozen=True):
    """From `start` to `end` in steps of `step` (ms), shown in `zone`; listened to since `began`."""

    start: int
    end: int
    step: int
    zone: str
    began: int = 0

    @property
    def times(self) -> range:
        """When each bin begins."""
        return range(self.start, self.end, self.step)

    def bin(self, at: int) -> int | None:
        """The bin of a time, or None when it lies outside."""
        return (at - self.start) // self.step if self.start <= at < self.end else None

    def heard(self, at: int) -> bool:
        """Whether somebody listened by the end of the bin that begins at this time."""
        return at + self.step > self.began

    def label(self, at: int) -> str:
        """Hour and minute, with the day where bins reach over several."""
        local = aware(at).astimezone(ZoneInfo(self.zone))
        return f"{local:%H:%M}" if self.end - self.start <= DAY_MS else f"{local:%m-%d %H:%M}"


def chart(
    frame: Frame,
    counts: Sequence[Volume],
    usual: Sequence[tuple[float, float] | None],
    facts: Sequence[Fact],
    events: Sequence[KnownEvent],
    say: Callable[[str], str],
) -> Chart:
    """The chart of a watch; `facts` are its alerts' histories, `say` makes a word of a key.

    What was said before the watch listened and came in later is drawn; silence is not.
    """
    total: Counter[int] = Counter()
    negative: Counter[int] = Counter()
    for volume in counts:
        at = volume.at // frame.step * frame.step
        total[at] += volume.mentions
        if volume.sentiment == "negative":
            negative[at] += volume.mentions
    known = [bool(total[at]) or frame.heard(at) for at in frame.times]
    return Chart(
        labels=tuple(frame.label(at) for at in frame.times),
        counts=_where(known, [total[at] for at in frame.times]),
        negative=_where(known, [negative[at] for at in frame.times]),
        usual=_where([frame.heard(at) for at in frame.times], usual),
        levels=_levels(frame, facts, say),
        events=_events(frame, events),
        now=say("face.volume_now"),
        words={name: say(f"face.volume_{name}") for name in WORDS},
    )


def _where(known: Sequence[bool], values: Sequence[Value]) -> tuple[Value | None, ...]:
    return tuple(v if k else None for k, v in zip(known, values, strict=True))


def _levels(frame: Frame, facts: Sequence[Fact], say: Callable[[str], str]) -> tuple[Mark, ...]:
    marks = []
    for fact in facts:
        at = frame.bin(fact.at)
        if fact.fact in RISES and at is not None:
            words = f"{frame.label(fact.at)} {say(f'face.level_{fact.level}')}"
            marks.append(Mark(at, words, fact.level))
    return tuple(marks)


def _events(frame: Frame, events: Sequence[KnownEvent]) -> tuple[Mark, ...]:
    found = [(frame.bin(millis(event.start)), event) for event in events]
    return tuple(
        Mark(at, f"{frame.label(millis(event.start))} {event.name}")
        for at, event in found
        if at is not None
    )
