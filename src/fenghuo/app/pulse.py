"""Whether the parts that nobody sees still work: without them a calm page would be a lie."""

from collections.abc import Callable, Collection
from datetime import datetime
from time import monotonic
from typing import get_args

import msgspec

from fenghuo.domain.post import millis
from fenghuo.ports.beat_store import Beat, Part
from fenghuo.ports.store import Store

BEAT_S = 20.0
STILL_MS = 120_000
"""A part without a beat for so long stands still. Shorter: a long send looks like death. Longer:
a dead engine looks calm."""
PARTS: tuple[str, ...] = get_args(Part)


class Life(msgspec.Struct, frozen=True):
    """Parts that stand still, with when they last worked (ms UTC, 0: never), and what fails."""

    still: dict[str, int]
    failing: frozenset[str]


class Pulse:
    """Keeps the beats of the parts, and looks at them."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """`now` is the real time."""
        self._store = store
        self._now = now
        self._began = monotonic()

    def beat(self, part: Part, failing: Collection[str] = ()) -> int:
        """This part works, except what fails in it; counts as no work."""
        with self._store.transaction() as tx:
            tx.beats.beat(Beat(part, millis(self._now()), tuple(sorted(failing))))
        return 0

    def life(self, *, patient: bool = True) -> Life:
        """How the parts are. If `patient`, they have two minutes from our own start to begin."""
        with self._store.reading() as tx:
            beats = {beat.part: beat for beat in tx.beats.beats()}
        now = millis(self._now())
        # After a restart the last beats are from before it.
        young = patient and (monotonic() - self._began) * 1000 < STILL_MS
        last = {part: beats[part].at if part in beats else 0 for part in PARTS}
        still = {part: at for part, at in last.items() if now - at > STILL_MS and not young}
        failing = {name for beat in beats.values() for name in beat.failing}
        return Life(still, frozenset(failing))
