"""What the volume chart draws, as plain values for a JSON block; the words come with it.

The browser knows no zone and no language: labels are made here.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import msgspec

from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level
from fenghuo.domain.post import aware, millis
from fenghuo.domain.watch import KnownEvent
from fenghuo.ports.listen_store import Volume

DAY_MS = 24 * 3_600_000
RISES = frozenset({"alert_opened", "alert_raised"})


class Mark(msgspec.Struct, frozen=True):
    """A level on the curve, or a known event: at which bin, and what stands beside it."""

    bin: int
    words: str
    level: Level = "calm"


class Chart(msgspec.Struct, frozen=True):
    """One value a bin: its label, its counts and, where known, its usual range.

    The last bin is unfinished. `now` is the label of the line that ends what was seen.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    negative: tuple[int, ...]
    usual: tuple[tuple[float, float] | None, ...]
    levels: tuple[Mark, ...]
    events: tuple[Mark, ...]
    now: str
    words: dict[str, str]


class Frame(msgspec.Struct, frozen=True):
    """From `start` to `end` in steps of `step` (ms), shown in `zone`."""

    start: int
    end: int
    step: int
    zone: str

    @property
    def times(self) -> range:
        """When each bin begins."""
        return range(self.start, self.end, self.step)

    def bin(self, at: int) -> int | None:
        """The bin of a time, or None when it lies outside."""
        return (at - self.start) // self.step if self.start <= at < self.end else None

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
    """The chart of a watch; `facts` are its alerts' histories, `say` makes a word of a key."""
    total: Counter[int] = Counter()
    negative: Counter[int] = Counter()
    for volume in counts:
        total[volume.at] += volume.mentions
        if volume.sentiment == "negative":
            negative[volume.at] += volume.mentions
    return Chart(
        labels=tuple(frame.label(at) for at in frame.times),
        counts=tuple(total[at] for at in frame.times),
        negative=tuple(negative[at] for at in frame.times),
        usual=tuple(usual),
        levels=_levels(frame, facts, say),
        events=_events(frame, events),
        now=say("face.volume_now"),
        words={name: say(f"face.volume_{name}") for name in ("usual", "posts", "negative")},
    )


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
