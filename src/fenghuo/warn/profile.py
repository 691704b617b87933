"""What is usual at this hour of the week, learned from the last four weeks of closed hours."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
WEEK = 168
MEMORY = 4 * WEEK
"""Closed hours that are remembered. Fewer: a weekly rhythm is never seen twice. More: the
baseline follows a growing brand too slowly, and the state grows."""
LEAST = 24
"""Closed hours before anything is expected at all."""
DAY_WEIGHT = 2.0
WEEK_WEIGHT = 2.0
"""How many days (weeks) of evidence an hour of the day (of the week) needs to stand for half of
its own factor; the rest is borrowed from the level above."""
SPREAD_PRIOR = 0.6
SPREAD_PRIOR_HOURS = 48.0
FLOOR = 0.02


class Usual(msgspec.Struct, frozen=True):
    """Expected count of one hour, and its spread (variance = mean + spread * mean**2)."""

    mean: float
    spread: float


class Profile(msgspec.Struct, frozen=True):
    """Expected counts for each hour of the week (168), with one spread for all."""

    means: tuple[float, ...]
    spread: float

    def at(self, hour: int) -> Usual:
        """What is usual in the hour with this number since 1970."""
        return Usual(self.means[hour % WEEK], self.spread)


def learn(counts: Sequence[int], last_hour: int) -> Profile | None:
    """The profile after `counts` (oldest first), the last of them that of `last_hour`.

    None while fewer than LEAST hours are known. Peaks are cut, so that a crisis does not become
    what is usual. Method: shrunken seasonal factors (hour of day, then hour of week) times a
    level, dispersion by moments shrunk towards a prior.
    """
    if len(counts) < LEAST:
        return None
    seen = np.asarray(counts, dtype=np.float64)
    hours = np.arange(last_hour - len(counts) + 1, last_hour + 1)
    cut = np.minimum(seen, 2.0 * np.quantile(seen, 0.95) + 3.0)
    level = max(float(cut.mean()), FLOOR)
    means = _seasonal(cut, hours, level)
    fitted = means[hours % WEEK]
    moments = float(((cut - fitted) ** 2 - fitted).sum() / (fitted**2).sum())
    known = len(counts) / (len(counts) + SPREAD_PRIOR_HOURS)
    spread = known * max(moments, 0.05) + (1.0 - known) * SPREAD_PRIOR
    unsure = 1.0 / (float(cut.sum()) + 1.0)
    return Profile(tuple(float(m) for m in means), min(spread + unsure, 4.0))


def _seasonal(
    counts: NDArray[np.float64], hours: NDArray[np.int_], level: float
) -> NDArray[np.float64]:
    day_sum = np.bincount(hours % 24, counts, 24)
    day_known = np.bincount(hours % 24, minlength=24)
    by_day = level * (day_sum + DAY_WEIGHT * level) / (day_known * level + DAY_WEIGHT * level)
    base = np.maximum(np.tile(by_day, 7), FLOOR)
    week_sum = np.bincount(hours % WEEK, counts, WEEK)
    week_known = np.bincount(hours % WEEK, minlength=WEEK)
    factor = (week_sum + WEEK_WEIGHT * base) / (week_known * base + WEEK_WEIGHT * base)
    result: NDArray[np.float64] = np.maximum(base * factor, FLOOR)
    return result
