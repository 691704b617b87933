"""A larger share of negative posts than usual, whatever the count."""

import msgspec

from fenghuo.domain.fact import Finding
from fenghuo.warn.statistics import surprise_of_share

RECENT = 40
LEAST = 12
KNOWN = 60.0
"""Understood posts before a usual share is believed at all."""
FADE = 0.998
WEIGHT = 60.0
"""The usual share counts as if known from at most so many posts: shares wander from day to day."""
DAY_MS = 24 * 3_600_000


class ToneState(msgspec.Struct):
    """The last posts as (time << 1 | negative), and faded sums of those before them."""

    recent: list[int] = []
    negative: float = 0.0
    seen: float = 0.0


class Tone:
    """Compares the last 40 posts of a day with all before them (faded), by a beta-binomial tail."""

    def __init__(self, threshold: float = 6.0) -> None:
        """`threshold`: report when 10**-threshold is less likely than this on a usual day."""
        self.threshold = threshold
        self._state = ToneState()

    def snapshot(self) -> ToneState:
        """The state as a value."""
        return ToneState(list(self._state.recent), self._state.negative, self._state.seen)

    def restore(self, state: ToneState) -> None:
        """Go on from a snapshot."""
        self._state = state

    def update(self, time: int, value: bool) -> Finding | None:
        """One understood post at `time` (ms), negative or not."""
        state = self._state
        state.recent.append(time << 1 | value)
        if len(state.recent) > RECENT:
            self._learn(state.recent.pop(0) & 1)
        while state.recent[0] >> 1 < time - DAY_MS:
            self._learn(state.recent.pop(0) & 1)
        return self._look()

    def usual(self) -> float | None:
        """The usual share of negative posts, or None while too few are known."""
        state = self._state
        return state.negative / state.seen if state.seen >= KNOWN else None

    def _learn(self, negative: int) -> None:
        self._state.negative = self._state.negative * FADE + negative
        self._state.seen = self._state.seen * FADE + 1.0

    def _look(self) -> Finding | None:
        usual, recent = self.usual(), self._state.recent
        if usual is None or len(recent) < LEAST:
            return None
        hits = sum(entry & 1 for entry in recent)
        usual = min(max(usual, 0.02), 0.98)
        surprise = surprise_of_share(hits, len(recent), usual, WEIGHT)
        if surprise < self.threshold:
            return None
        deviation = (usual * (1 - usual) / len(recent)) ** 0.5
        low, high = max(0.0, usual - 1.6 * deviation), min(1.0, usual + 1.6 * deviation)
        since = recent[0] >> 1
        span = (recent[-1] >> 1) - since
        share = hits / len(recent)
        return Finding("tone", share, low, high, span, since, round(surprise, 1), count=len(recent))
