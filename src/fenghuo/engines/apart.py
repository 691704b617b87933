"""Keeps faults apart: what fails is tried again, ever later, and all else goes on."""

import logging
from collections.abc import Callable
from time import monotonic

from fenghuo.domain.errors import FenghuoError

log = logging.getLogger("fenghuo.engine")

FIRST_S = 1.0
WORST_S = 30.0
"""Longest pause before the next attempt. Longer: what was mended goes on late. Shorter: a watch
that cannot go on fills the log."""


class Apart:
    """Implements Attempt for a loop that must not end."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` in seconds; only differences count."""
        self._clock = clock
        self._due: dict[str, float] = {}
        self._pause: dict[str, float] = {}

    def __call__(self, name: str, act: Callable[[], int], /) -> int:
        """What `act` answers; 0 when it failed, now or so lately that its time has not come."""
        if self._clock() < self._due.get(name, 0.0):
            return 0
        try:
            done = act()
        except FenghuoError as error:
            log.warning("%s: %s %s; again in %.0f s", name, error.key, error.engineer,
                        self._later(name))  # fmt: skip
            return 0
        except Exception:
            log.exception("%s failed; again in %.0f s", name, self._later(name))
            return 0
        self._due.pop(name, None)
        self._pause.pop(name, None)
        return done

    def failing(self) -> frozenset[str]:
        """The names of what failed at its last attempt."""
        return frozenset(self._pause)

    def _later(self, name: str) -> float:
        pause = self._pause[name] = min(WORST_S, 2 * self._pause.get(name, FIRST_S / 2))
        self._due[name] = self._clock() + pause
        return pause
