"""The clock of a workspace."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Real time, or scaled time for a demo or drill."""

    def now(self, workspace: str) -> datetime:
        """The aware UTC time as this workspace lives it."""
        ...
