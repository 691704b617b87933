"""Machine translations of mentions, so that each is paid for and waited for once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ForeignKey, Table, Text, delete, select

from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

translations = Table(
    "translations",
    metadata,
    Column("mention", KEY, ForeignKey("mentions.id"), primary_key=True),
    Column("language", KEY, primary_key=True),
    Column("translator", KEY, primary_key=True),
    Column("words", Text, nullable=False),
)


class Translations(Repository):
    """Translations, in one transaction."""

    def translations(
        self, mentions: Sequence[str], language: str, translator: str
    ) -> Mapping[str, str]:
        """Those that there are, by mention."""
        found = select(translations.c.mention, translations.c.words).where(
            translations.c.mention.in_(mentions),
            translations.c.language == language,
            translations.c.translator == translator,
        )
        return {row.mention: row.words for row in self.connection.execute(found)}

    def save(self, made: Mapping[str, str], language: str, translator: str) -> None:
        """Keep translations by mention; the first one stays."""
        rows = [
            {"mention": mention, "language": language, "translator": translator, "words": words}
            for mention, words in made.items()
        ]
        if rows:
            self.connection.execute(self.add_new(translations), rows)

    def forget(self, mentions: Sequence[str]) -> None:
        """Remove the translations of these mentions."""
        self.connection.execute(delete(translations).where(translations.c.mention.in_(mentions)))
