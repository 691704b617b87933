"""The system's clock; workspaces of demos and drills live in a scaled time of their own."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic

from fenghuo.domain.people import Scale

FRESH_S = 2.0
"""How long the list of scaled workspaces is believed. Longer: a new demo stands still at first."""


class SystemClock:
    """Implements the Clock port over the machine's clock."""

    def __init__(self, scales: Callable[[], Mapping[str, Scale]] = dict) -> None:
        """`scales` answers the workspaces that live in a time of their own."""
        self._scales = scales
        self._known: Mapping[str, Scale] = {}
        self._asked = float("-inf")

    def now(self, workspace: str) -> datetime:
        """The aware UTC time as this workspace lives it; "" is the real time."""
        real = datetime.now(UTC)  # noqa: TID251 - the one place where the machine is asked
        scale = self._scale(workspace) if workspace else None
        return real if scale is None else scaled(scale, real)

    def refresh(self) -> None:
        """A workspace was added: its time is asked for at the next look."""
        self._asked = float("-inf")

    def _scale(self, workspace: str) -> Scale | None:
        if monotonic() - self._asked > FRESH_S:
            self._known, self._asked = self._scales(), monotonic()
        return self._known.get(workspace)


def scaled(scale: Scale, real: datetime) -> datetime:
    """The time of a scaled workspace when the real clock stands at `real`."""
    gone = (real - scale.since).total_seconds() * scale.factor
    return scale.start + timedelta(seconds=gone)
