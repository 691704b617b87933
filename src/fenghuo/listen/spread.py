"""How a story spread, and what people said in it."""

from collections.abc import Mapping, Sequence

from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.spread_store import Extent, Saying, Spread
from fenghuo.ports.store import Store, Transaction

AGAIN = 50
"""Repeats of a text that are shown at once."""


class Spreading:
    """The part of the listening room's face that reads one story."""

    def __init__(self, store: Store) -> None:
        """`store` keeps the mentions and who joined which story."""
        self._store = store

    def extent(self, watch: str, story: str) -> Extent | None:
        """When it began and when it was last spoken of (ms); None without posts."""
        with self._store.reading() as tx:
            return tx.spread.extent(watch, story)

    def spread(self, watch: str, story: str, step: int) -> list[Spread]:
        """Its posts in steps of `step` milliseconds, oldest first."""
        with self._store.reading() as tx:
            return tx.spread.spread(watch, story, step)

    def sayings(
        self, watch: str, story: str, limit: int, before: tuple[int, str] | None = None
    ) -> list[Saying]:
        """Its texts, each once, the newest first, after a place (first, root)."""
        with self._store.reading() as tx:
            return tx.spread.sayings(watch, story, limit, before)

    def repeats(self, watch: str, story: str, roots: Sequence[str]) -> Mapping[str, int]:
        """How often each of these texts was said again; those said once are left out."""
        with self._store.reading() as tx:
            return tx.spread.repeats(watch, story, roots)

    def again(self, workspace: str, watch: str, story: str, root: str) -> list[StoredMention]:
        """Who said a text, newest first."""
        with self._store.reading() as tx:
            return _named(tx, workspace, tx.spread.again(watch, story, root, AGAIN))

    def taken_out(self, workspace: str, watch: str, story: str) -> list[StoredMention]:
        """What was said not to be about us, newest first."""
        with self._store.reading() as tx:
            return _named(tx, workspace, list(tx.spread.taken_out(watch, story, AGAIN)))


def _named(tx: Transaction, workspace: str, names: list[str]) -> list[StoredMention]:
    return tx.listen.mentions(workspace, names)
