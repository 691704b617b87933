"""What is kept of the configured sources."""

from typing import Protocol

from fenghuo.domain.source import Health, Source


class SourceStore(Protocol):
    """Sources, their health and their cursors."""

    def save(self, source: Source) -> None:
        """Insert or rewrite a source."""
        ...

    def remove(self, source: str) -> None:
        """Forget a source with its cursor; what it brought stays."""
        ...

    def all(self, workspace: str | None = None) -> list[Source]:
        """The sources of a workspace, or all, oldest first."""
        ...

    def health(self, source: str) -> Health:
        """How a source has been doing."""
        ...

    def save_health(self, source: str, health: Health) -> None:
        """Keep how a source is doing."""
        ...

    def cursor(self, source: str) -> str:
        """The reader's cursor; "" at first."""
        ...

    def save_cursor(self, source: str, cursor: str) -> None:
        """Move the cursor: in the same transaction as the posts it stands for."""
        ...
