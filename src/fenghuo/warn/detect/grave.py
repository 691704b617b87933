"""One post is enough: fire, injury, child, hospital, death, an authority's warning, a leak."""

import msgspec

from fenghuo.domain.fact import Finding
from fenghuo.domain.log import Meaning


class GraveState(msgspec.Struct):
    """Nothing is remembered: every grave post speaks for itself."""


class Grave:
    """Answers a Finding for any post with a cue at or above `least`, whatever the count."""

    def __init__(self, least: float = 0.5) -> None:
        """`least`: probability from which a cue counts."""
        self.least = least

    def snapshot(self) -> GraveState:
        """The state as a value."""
        return GraveState()

    def restore(self, state: GraveState) -> None:
        """Go on from a snapshot; there is nothing to take over."""

    def update(self, time: int, value: Meaning) -> Finding | None:
        """One understood post at `time` (ms)."""
        cues = tuple(cue for cue, p in value.cues if p >= self.least)
        if not cues:
            return None
        return Finding("grave", seen=1.0, since=time, words=cues, count=1)
