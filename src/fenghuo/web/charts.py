"""Small server-drawn charts: numbers in, coordinates out; the templates draw them as SVG."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from zoneinfo import ZoneInfo

import msgspec

from fenghuo.domain.post import aware
from fenghuo.ports.listen_store import Volume

WIDTH, HEIGHT = 760.0, 260.0
LEFT, TOP, BOTTOM = 40.0, 12.0, 236.0
STEPS = (1, 4, 9, 25, 100, 225, 400, 900, 2_500, 10_000, 40_000, 160_000, 1_000_000)


class Curve(msgspec.Struct, frozen=True):
    """A volume chart on a square-root axis: polylines, the usual band, labels, and its table."""

    line: str
    negative: str
    band: str
    rows: tuple[tuple[float, int], ...]
    columns: tuple[tuple[float, str], ...]
    table: tuple[tuple[str, int, int], ...]


class Range(msgspec.Struct, frozen=True):
    """A dot beside what is usual, 0..120 wide; `known` False while nothing is usual yet."""

    known: bool
    low: float = 0.0
    high: float = 0.0
    dot: float = 0.0
    inside: bool = True
    usual: str = ""


def curve(
    counts: Sequence[Volume],
    band: Sequence[tuple[float, float] | None],
    start: int,
    end: int,
    step: int,
    zone: str,
) -> Curve:
    """The chart of counts from `start` to `end` (ms) in steps of `step`, labelled in `zone`."""
    total: Counter[int] = Counter()
    negative: Counter[int] = Counter()
    for volume in counts:
        total[volume.at] += volume.mentions
        if volume.sentiment == "negative":
            negative[volume.at] += volume.mentions
    times = range(start, end, step)
    most = max([*total.values(), *(high for _, high in filter(None, band)), 4])
    ceiling = next((s for s in STEPS if s >= most), int(most))

    def x(at: int) -> float:
        return round(LEFT + (WIDTH - LEFT) * (at - start) / (end - start), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * sqrt(min(value, ceiling) / ceiling), 1)

    known = [(x(at + step // 2), b) for at, b in zip(times, band, strict=True) if b]
    edge = [f"{px},{y(b[1])}" for px, b in known] + [f"{px},{y(b[0])}" for px, b in known[::-1]]
    labels = [s for s in STEPS if s <= ceiling][-4:]
    return Curve(
        " ".join(f"{x(at + step // 2)},{y(total[at])}" for at in times),
        " ".join(f"{x(at + step // 2)},{y(negative[at])}" for at in times),
        " ".join(edge),
        tuple((y(label), label) for label in [0, *labels]),
        tuple((x(at), _label(at, end - start, zone)) for at in _ticks(start, end)),
        tuple((_label(at, 0, zone), total[at], negative[at]) for at in times if total[at]),
    )


def range_dot(seen: float, usual: tuple[float, float] | None) -> Range:
    """Where `seen` stands beside the usual range, on a square-root axis."""
    if usual is None:
        return Range(False)
    low, high = usual
    most = max(seen, high, 4.0) * 1.1

    def place(value: float) -> float:
        return round(4 + 112 * sqrt(max(value, 0.0) / most), 1)

    text = f"{low:.0f}–{high:.0f}"
    return Range(True, place(low), place(high), place(seen), low <= seen <= high, text)


def _ticks(start: int, end: int) -> list[int]:
    gap = (end - start) // 6
    return [start + n * gap for n in range(6)]


def _label(at: int, length: int, zone: str) -> str:
    local = aware(at).astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}" if length and length <= 24 * 3_600_000 else f"{local:%m-%d %H:%M}"
