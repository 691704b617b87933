"""What is kept of the configured sources."""

from typing import Protocol

from fenghuo.domain.source import Health, Source


class SourceStore(Protocol):
    """Sources and their health."""

    def save(self, source: Source) -> None:
        """Insert or rewrite a source."""
        ...

    def remove(self, source: str) -> None:
        """Forget a source, its cursor and what it sent beside the mentions; mentions stay."""
        ...

    def one(self, source: str, *, to_change: bool = False) -> Source | None:
        """A source by id; `to_change` keeps other writers off it until the end."""
        ...

    def all(self, workspace: str | None = None) -> list[Source]:
        """The sources of a workspace, or all, oldest first."""
        ...

    def health(self, source: str, *, to_change: bool = False) -> Health:
        """How a source has been doing; `to_change` keeps other writers off it until the end."""
        ...

    def save_health(self, source: str, health: Health) -> None:
        """Keep how a source is doing."""
        ...
