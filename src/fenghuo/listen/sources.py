"""The listening room's sources: configured readers and how they are doing."""

from collections.abc import Sequence

import msgspec

from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.domain.post import Post, millis
from fenghuo.domain.source import Health, Source, failed, quiet, read_well
from fenghuo.listen.room import Accepted, Listen
from fenghuo.ports.clock import Clock
from fenghuo.ports.store import Store


class SourceView(msgspec.Struct, frozen=True):
    """A source with its health; `quiet` when it has been silent for suspiciously long."""

    source: Source
    health: Health
    quiet: bool


class Sources:
    """Keeps the list of sources; takes what they bring and notes how it went."""

    def __init__(self, store: Store, clock: Clock, listen: Listen) -> None:
        """`listen` accepts the posts."""
        self._store = store
        self._clock = clock
        self._listen = listen

    def save(self, source: Source) -> None:
        """Add or change a source."""
        with self._store.transaction() as tx:
            tx.sources.save(source)

    def remove(self, workspace: str, source: str) -> None:
        """Remove a source of a workspace; BadInput when there is none."""
        with self._store.transaction() as tx:
            tx.sources.remove(_own(tx.sources.all(workspace), source).id)

    def one(self, workspace: str, source: str) -> Source:
        """A source of a workspace; BadInput when there is none."""
        with self._store.reading() as tx:
            return _own(tx.sources.all(workspace), source)

    def active(self) -> list[Source]:
        """Every source that is switched on."""
        with self._store.reading() as tx:
            return [source for source in tx.sources.all() if source.active]

    def overview(self, workspace: str) -> list[SourceView]:
        """The sources of a workspace, with how they are doing."""
        now = millis(self._clock.now(workspace))
        with self._store.reading() as tx:
            found = [(s, tx.sources.health(s.id)) for s in tx.sources.all(workspace)]
        return [SourceView(s, h, s.active and quiet(h, now)) for s, h in found]

    def cursor(self, source: str) -> str:
        """Where the source is to be read from."""
        with self._store.reading() as tx:
            return tx.listen.cursor(source)

    def bring(self, source: Source, posts: Sequence[Post], cursor: str, next_at: int) -> Accepted:
        """Accept a batch; its cursor moves with it, then its health is noted."""
        done = self._listen.accept(source.workspace, posts, source.id, cursor)
        now = millis(self._clock.now(source.workspace))
        with self._store.transaction() as tx:
            health = tx.sources.health(source.id)
            tx.sources.save_health(source.id, read_well(health, now, len(posts), next_at))
        return done

    def failed(self, source: Source, error: FenghuoError) -> None:
        """Note why a source could not be read."""
        now = millis(self._clock.now(source.workspace))
        with self._store.transaction() as tx:
            health = tx.sources.health(source.id)
            bad = failed(health, now, error.key, dict(error.values), error.move)
            tx.sources.save_health(source.id, bad)


def _own(sources: Sequence[Source], source: str) -> Source:
    for found in sources:
        if found.id == source:
            return found
    raise BadInput("intake.no_source")
