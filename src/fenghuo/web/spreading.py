"""How a story spread, as drawings on one time axis. Pure; the template places them."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

import msgspec

from fenghuo.domain.level import Level
from fenghuo.ports.spread_store import Extent, Spread

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
STEPS = (5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS)
BINS = 96
"""More: a curve of 260 px becomes a comb."""
LANGUAGES = 5
WIDTH, HEIGHT, EDGE = 260.0, 40.0, 4.0


class Curve(msgspec.Struct, frozen=True):
    """Posts over time of one language ("" for all): the drawing, and where it began."""

    lang: str
    posts: int
    line: str
    area: str
    begin: float


class Mark(msgspec.Struct, frozen=True):
    """A level and where on the axis (px) it was reached (ms)."""

    x: float
    at: int
    level: Level


class Spreads(msgspec.Struct, frozen=True):
    """The curves, all posts first, in bins of `step` (ms) from `start` to `end` (ms)."""

    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...]
    start: int
    end: int
    step: int


def step_of(start: int, end: int) -> int:
    """How long a bin is (ms), so that a story of any length can be drawn."""
    return next((step for step in STEPS if end - start <= step * BINS), DAY_MS)


def spreads(
    found: Sequence[Spread], extent: Extent, end: int, reached: Sequence[tuple[Level, int]]
) -> Spreads:
    """The curves of a story from its beginning to `end` (ms); all of them on one scale."""
    step = step_of(extent.first, end)
    start = extent.first // step * step
    times = range(start, end + 1, step)
    langs = Counter[str]()
    for some in found:
        langs[some.lang] += some.mentions
    told = [lang for lang, _ in langs.most_common() if lang][:LANGUAGES]
    counts = {lang: _counts(found, lang) for lang in ("", *told)}
    top = sqrt(max([*counts[""].values(), 1]))
    curves = [_curve(lang, counts[lang], times, top) for lang in ("", *told)]
    marks = [
        Mark(_x((at - start) / step, len(times)), at, level)
        for level, at in reached
        if start <= at <= end
    ]
    return Spreads(tuple(curves), tuple(marks), start, end, step)


def _counts(found: Sequence[Spread], lang: str) -> Counter[int]:
    counts = Counter[int]()
    for some in found:
        if lang in ("", some.lang):
            counts[some.at] += some.mentions
    return counts


def _curve(lang: str, counts: Counter[int], times: range, top: float) -> Curve:
    points = [(_x(i, len(times)), _y(counts[at], top)) for i, at in enumerate(times)]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    floor = _y(0, top)
    area = f"{points[0][0]:g},{floor:g} {line} {points[-1][0]:g},{floor:g}"
    first = next((i for i, at in enumerate(times) if counts[at]), 0)
    return Curve(lang, sum(counts.values()), line, area, _x(first, len(times)))


def _x(place: float, bins: int) -> float:
    return round(EDGE + (WIDTH - 2 * EDGE) * place / max(bins - 1, 1), 1)


def _y(count: int, top: float) -> float:
    return round(HEIGHT - 6 - (HEIGHT - 10) * sqrt(count) / top, 1)
