"""Whether people speak more and more: said only as far as the counts show it. Pure."""

from collections.abc import Mapping
from itertools import accumulate
from math import sqrt
from typing import Literal

import msgspec

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
LOOKED_BACK_MS = 12 * HOUR_MS
CLEAR = 2.0
"""Two counts differ clearly from so many standard deviations of their difference (Poisson). Less:
chance is called a turn. More: a slow turn is seen late."""

Way = Literal["", "rising", "high", "fading", "falling", "usual"]


class Trend(msgspec.Struct, frozen=True):
    """Posts in the past `hour` and in the one `before`; which way it goes, "" when unknown.

    "high": more than usual, and neither rising nor falling clearly. "fading": falling, and still
    more than usual; "falling" where that is not known. "usual": not more than usual.
    """

    hour: int
    before: int
    way: Way = ""


def trend(minutes: Mapping[int, int], now: int, usual: tuple[float, float] | None = None) -> Trend:
    """The trend of posts by the minute in which they were said (ms), at `now` (ms).

    `usual` is the usual range of the past hour. Falling is also what fell from its busiest hour.
    """
    last = now // MINUTE_MS
    counts = [minutes.get(at * MINUTE_MS, 0) for at in range(last - 719, last + 1)]
    hours = _hours(counts)
    hour, before = hours[-1], hours[-61]
    if usual and hour <= usual[1]:
        return Trend(hour, before, "usual")
    if _clearly_more(hour, before):
        return Trend(hour, before, "rising")
    most = max(hours)
    if _clearly_more(before, hour) or (2 * hour < most and _clearly_more(most, hour)):
        return Trend(hour, before, "fading" if usual else "falling")
    return Trend(hour, before, "high" if usual else "")


def _hours(counts: list[int]) -> list[int]:
    """The posts of the hour that ends with each minute."""
    sums = [0, *accumulate(counts)]
    return [sums[i] - sums[max(i - 60, 0)] for i in range(1, len(sums))]


def _clearly_more(one: int, other: int) -> bool:
    return one - other > CLEAR * sqrt(one + other)
