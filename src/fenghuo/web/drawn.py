"""Geometry of the small drawings: icons, range dots, spark-lines. Pure; the templates place them.

Drawings carry classes and attributes only, never a style, so that a strict policy lets them pass.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import log1p, sqrt

import msgspec
from markupsafe import Markup

ICONS = files("fenghuo.web").joinpath("static", "vendor", "icons")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.S)


@cache
def icon(name: str) -> Markup:
    """An outline icon of 20 px, hidden from screen readers: its word always stands beside it."""
    found = _INSIDE.search(ICONS.joinpath(f"{name}.svg").read_text("utf8"))
    if found is None:
        raise ValueError(f"{name}.svg holds no drawing")
    inside = " ".join(found[1].split())
    # The drawings are our own build's, not a stranger's text.
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inside}</svg>')  # noqa: S704


class RangeDot(msgspec.Struct, frozen=True):
    """A dot beside what is usual, on an axis of `WIDTH`; not `known` while nothing is usual yet.

    `usual` says the range in figures.
    """

    known: bool
    low: float = 0.0
    high: float = 0.0
    dot: float = 0.0
    inside: bool = True
    usual: str = ""


WIDTH, EDGE, LEAST = 130.0, 6.0, 10.0


def range_dot(seen: float, usual: tuple[float, float] | None) -> RangeDot:
    """`seen` beside its usual range on a logarithmic axis that begins at zero."""
    if usual is None:
        return RangeDot(False)
    low, high = usual
    top = log1p(1.7 * max(seen, high, 1.0))

    def place(value: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * log1p(max(value, 0.0)) / top, 1)

    right = min(max(place(high), place(low) + LEAST), WIDTH)
    text = f"{low:.0f}–{high:.0f}"
    return RangeDot(
        True, min(place(low), right - LEAST), right, place(seen), low <= seen <= high, text
    )


class Spark(msgspec.Struct, frozen=True):
    """A spark-line in a box of `width` by `height`: points, band, the last point."""

    line: str
    band: str
    end_x: float
    end_y: float


def spark(
    values: Sequence[float],
    usual: Sequence[tuple[float, float]] = (),
    width: float = 110.0,
    height: float = 28.0,
) -> Spark:
    """Counts over time with what is usual, on a square-root axis from zero.

    `usual` holds (low, high) for each value, one pair for all of them, or nothing.
    """
    if not values:
        raise ValueError("a spark-line needs a value")
    pairs = list(usual) * len(values) if len(usual) == 1 else list(usual)
    top = sqrt(max([*values, *(high for _, high in pairs), 1.0]))
    step = (width - 8) / max(len(values) - 1, 1)

    def at(index: int, value: float) -> tuple[float, float]:
        return round(2 + index * step, 1), round(
            height - 3 - (height - 6) * sqrt(max(value, 0)) / top, 1
        )

    points = [at(i, v) for i, v in enumerate(values)]
    highs = [at(i, high) for i, (_, high) in enumerate(pairs)]
    lows = [at(i, low) for i, (low, _) in enumerate(pairs)]
    return Spark(_points(points), _points(highs + lows[::-1]), *points[-1])


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in pairs)


def initials(name: str) -> str:
    """What stands in a person's round: the first character of a Chinese name, else two initials."""
    words = name.split()
    if not words:
        return "?"
    if len(words) == 1 or not words[0][0].isascii():
        return words[0][0].upper() if words[0][0].isascii() else words[0][0]
    return (words[0][0] + words[-1][0]).upper()
