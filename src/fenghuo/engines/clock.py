"""The system's clock, and a scaled one for demos and drills."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec


class Scale(msgspec.Struct, frozen=True):
    """Workspace time began at `start` when the real clock stood at `since`, and runs `factor`×."""

    start: datetime
    since: datetime
    factor: float


class SystemClock:
    """Implements the Clock port over the machine's clock."""

    def __init__(self, scales: Callable[[], Mapping[str, Scale]] = dict) -> None:
        """`scales` answers the workspaces that live in a time of their own."""
        self._scales = scales

    def now(self, workspace: str) -> datetime:
        """The aware UTC time as this workspace lives it."""
        real = datetime.now(UTC)  # noqa: TID251 - the one place where the machine is asked
        scale = self._scales().get(workspace)
        if scale is None:
            return real
        gone = (real - scale.since).total_seconds() * scale.factor
        return scale.start + timedelta(seconds=gone)
