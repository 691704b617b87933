"""Many more posts than usual for this hour of the week, from counts as low as one a day."""

import math

import msgspec

from fenghuo.domain.fact import Finding
from fenghuo.warn.profile import HOUR_MS, MEMORY, Profile, learn
from fenghuo.warn.statistics import surprise_of_count, usual_range

BIN_MS = 300_000
BINS = 108
"""Five-minute bins that are kept: nine hours, a little more than the longest window."""
WINDOWS = (6, 24, 96)
"""Windows in bins: half an hour, two hours, eight hours."""


class SurgeState(msgspec.Struct):
    """Counts of open and recent bins (newest last, `newest` its number), and closed hours."""

    newest: int = 0
    bins: list[int] = []
    hours: list[int] = []
    last_hour: int = 0
    means: list[float] = []
    spread: float = 0.0


class Surge:
    """Compares the last 30 minutes, 2 and 8 hours with what is usual; reports the most surprising.

    `update(time, value)` adds `value` posts at `time` (ms) and answers a Finding when at least
    `least` posts stand in a window and their chance on a usual day is below 10**-`threshold`.
    `settle(until)` closes hours; only closed hours teach what is usual.
    """

    def __init__(self, kind: str, least: int = 8, threshold: float = 6.0) -> None:
        """`kind` names the series in its findings ("volume", "negative")."""
        self.kind = kind
        self.least = least
        self.threshold = threshold
        self._state = SurgeState()
        self._profile: Profile | None = None

    def snapshot(self) -> SurgeState:
        """The state as a value; the detector goes on with its own."""
        s = self._state
        return SurgeState(
            s.newest, list(s.bins), list(s.hours), s.last_hour, list(s.means), s.spread
        )

    def restore(self, state: SurgeState) -> None:
        """Go on from a snapshot."""
        self._state = state
        self._profile = Profile(tuple(state.means), state.spread) if state.means else None

    def update(self, time: int, value: int, *, stretch: float = 1.0) -> Finding | None:
        """Add posts; `stretch` multiplies what is usual during a known event."""
        self._count(time // BIN_MS, value)
        return self.look(stretch=stretch)

    def look(self, *, stretch: float = 1.0) -> Finding | None:
        """The most surprising window as it stands, or None."""
        if self._profile is None:
            return None
        best: Finding | None = None
        for width in WINDOWS:
            found = self._window(self._profile, width, stretch)
            if found and (best is None or found.surprise > best.surprise):
                best = found
        return best

    def usual(self, start: int, end: int) -> tuple[float, float] | None:
        """The usual range of posts between two times (ms), or None while still learning."""
        if self._profile is None:
            return None
        return usual_range(self._expected(self._profile, start, end), self._profile.spread)

    def settle(self, until: int, *, crisis: bool = False) -> None:
        """Close every hour that ended by `until`; called in order, once an hour is enough.

        Hours of a crisis teach no more than was expected of them, else it would become usual
        and seem over while it goes on.
        """
        state = self._state
        ended = until // HOUR_MS - 1
        if state.last_hour == 0:
            state.last_hour = ended
            return
        missing = ended - state.last_hour
        if missing <= 0:
            return
        if missing > MEMORY:
            state.hours, state.last_hour = [], ended - MEMORY
        for hour in range(state.last_hour + 1, ended + 1):
            seen = self._sum(hour * 12, hour * 12 + 12)
            if crisis and self._profile is not None:
                seen = min(seen, math.ceil(self._profile.at(hour).mean))
            state.hours.append(seen)
        del state.hours[:-MEMORY]
        state.last_hour = ended
        self._profile = learn(state.hours, ended)
        if self._profile:
            state.means, state.spread = list(self._profile.means), self._profile.spread

    def _count(self, at: int, value: int) -> None:
        state = self._state
        if not state.bins:
            state.newest, state.bins = at, [0]
        if at > state.newest:
            gap = min(at - state.newest, BINS)
            state.bins.extend([0] * gap)
            state.newest = at
            del state.bins[:-BINS]
        place = len(state.bins) - 1 - (state.newest - at)
        if place >= 0:
            state.bins[place] += value

    def _sum(self, first: int, end: int) -> int:
        base = self._state.newest - len(self._state.bins) + 1
        return sum(self._state.bins[max(0, first - base) : max(0, end - base)])

    def _window(self, profile: Profile, width: int, stretch: float) -> Finding | None:
        state = self._state
        end = state.newest + 1
        seen = self._sum(end - width, end)
        if seen < self.least:
            return None
        start_ms, end_ms = (end - width) * BIN_MS, end * BIN_MS
        mean = self._expected(profile, start_ms, end_ms) * stretch
        surprise = surprise_of_count(seen, mean, profile.spread)
        if surprise < self.threshold:
            return None
        low, high = usual_range(mean, profile.spread)
        return Finding(
            self.kind,
            float(seen),
            low,
            high,
            window_ms=end_ms - start_ms,
            since=start_ms,
            surprise=round(surprise, 1),
            count=seen,
        )

    @staticmethod
    def _expected(profile: Profile, start: int, end: int) -> float:
        total, at = 0.0, start
        while at < end:
            edge = min((at // HOUR_MS + 1) * HOUR_MS, end)
            total += profile.at(at // HOUR_MS).mean * (edge - at) / HOUR_MS
            at = edge
        return total
