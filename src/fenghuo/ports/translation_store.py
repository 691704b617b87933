"""Translations that were made once and are shown again."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class TranslationStore(Protocol):
    """Translations of mentions by reader's language and translator, in one transaction."""

    def translations(
        self, mentions: Sequence[str], language: str, translator: str
    ) -> Mapping[str, str]:
        """Those that there are, by mention."""
        ...

    def save(self, made: Mapping[str, str], language: str, translator: str) -> None:
        """Keep translations by mention; the first one stays."""
        ...
