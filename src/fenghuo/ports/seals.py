"""Secrets at rest."""

from typing import Protocol


class Seals(Protocol):
    """Seals a secret for storage and opens it again."""

    def seal(self, secret: str) -> str:
        """The secret as a sealed text."""
        ...

    def open(self, sealed: str) -> str:
        """The secret again; UserMove when another key sealed it."""
        ...
