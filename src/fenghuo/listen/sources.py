"""The listening room's sources: configured readers and how they are doing."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from fenghuo.domain.errors import FenghuoError, Missing
from fenghuo.domain.log import Silenced
from fenghuo.domain.post import millis
from fenghuo.domain.source import HOUR_MS, Health, Said, Source, failed, quiet, read_well, troubled
from fenghuo.listen.aside import WouldHit, would_hit
from fenghuo.listen.changed import record_source, record_source_removed
from fenghuo.listen.room import Accepted, Listen
from fenghuo.ports.clock import Clock
from fenghuo.ports.reads import Batch
from fenghuo.ports.store import Store, Transaction


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

    def save(self, source: Source, who: str = "") -> None:
        """Add or rewrite a source; `who` does it, "" the product itself."""
        self.put(source.workspace, source.id, lambda _: source, who)

    def put(
        self,
        workspace: str,
        source: str,
        made: Callable[[Source | None], Source],
        who: str = "",
    ) -> None:
        """Add or rewrite a source: `made` answers it from how it stands, None while it is new.

        Nobody else changes it meanwhile. BadInput when it is another workspace's.
        """
        now = millis(self._clock.now(workspace))
        with self._store.transaction() as tx:
            before = tx.sources.one(source, to_change=True)
            if before and before.workspace != workspace:
                raise Missing("intake.no_source")
            after = made(before)
            tx.sources.save(after)
            record_source(tx, before, after, now, who)

    def change(
        self, workspace: str, source: str, made: Callable[[Source], Source], who: str = ""
    ) -> None:
        """As `put`, of a source that is there; BadInput when there is none any more."""

        def of_one(before: Source | None) -> Source:
            if before is None:
                raise Missing("intake.no_source")
            return made(before)

        self.put(workspace, source, of_one, who)

    def pause(self, workspace: str, source: str, *, active: bool, who: str = "") -> None:
        """Switch a source off, or on again; BadInput when there is none."""
        self.change(workspace, source, lambda before: replace(before, active=active), who)

    def remove(self, workspace: str, source: str, who: str = "") -> None:
        """Remove a source of a workspace; BadInput when there is none."""
        with self._store.transaction() as tx:
            gone = _own(tx, workspace, source, to_change=True)
            told = tx.sources.health(source, to_change=True).told
            if told:
                self._tell(tx, gone, told, heard=True)
            tx.sources.remove(source)
            record_source_removed(tx, gone, millis(self._clock.now(workspace)), who)

    def one(self, workspace: str, source: str) -> Source:
        """A source of a workspace; BadInput when there is none."""
        with self._store.reading() as tx:
            return _own(tx, workspace, source)

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

    def brought(self, workspace: str) -> Mapping[str, tuple[int, int]]:
        """By source, what it brought in the last 24 hours, and how much of that matched nothing.

        Of hours that have begun, so that the first may lie 25 hours back.
        """
        now = millis(self._clock.now(workspace))
        with self._store.reading() as tx:
            return tx.retention.brought(workspace, now - 24 * HOUR_MS - now % HOUR_MS)

    def cursor(self, source: str) -> str:
        """Where the source is to be read from."""
        with self._store.reading() as tx:
            return tx.listen.cursor(source)

    def bring(self, source: Source, batch: Batch) -> Accepted:
        """Accept a batch; its cursor moves with it, then its health is noted."""
        done = self._listen.accept(source.workspace, batch.posts, source.id, batch.cursor)
        next_at = millis(batch.next_at) if batch.next_at else 0
        said = [Said(r.key, dict(r.values)) for r in batch.remarks]
        refused = [Said(r.key, dict(r.values)) for r in done.rejected]
        self._went_well(source, done, len(batch.posts), next_at, [*said, *refused])
        return done

    def would_hit(self, workspace: str, query: str) -> list[tuple[str, WouldHit]]:
        """What a query hits: of what was heard lately (""), and of the sample of each source.

        QueryError when it cannot be read.
        """
        with self._store.reading() as tx:
            sources = tx.sources.all(workspace)
            heard, kept = would_hit(tx, workspace, query, [source.id for source in sources])
        return [("", heard), *((source.title, kept[source.id]) for source in sources)]

    def look(self) -> int:
        """Write into a watch's log which sources fell silent, or are heard again; how many.

        One watch of the workspace carries the alert: the one that listens for longest.
        """
        first = {w.workspace: w.id for w in reversed(self._listen.watches()) if w.active}
        with self._store.reading() as tx:
            seen = [(s, tx.sources.health(s.id)) for s in tx.sources.all()]
        turned = [s for s, health in seen if self._silent(s, health) != bool(health.told)]
        # Each in a transaction of its own: locks of two logs are never held in a chance order.
        return sum(self._note(source, first.get(source.workspace, "")) for source in turned)

    def _note(self, source: Source, watch: str) -> bool:
        with self._store.transaction() as tx:
            health = tx.sources.health(source.id, to_change=True)
            silent = self._silent(source, health)
            carrier = health.told or watch
            if silent == bool(health.told) or not carrier:
                return False
            self._tell(tx, source, carrier, heard=not silent)
            told = replace(health, told=watch if silent else "")
            tx.sources.save_health(source.id, told)
        return True

    def _silent(self, source: Source, health: Health) -> bool:
        return source.active and troubled(health, millis(self._clock.now(source.workspace)))

    def _tell(self, tx: Transaction, source: Source, watch: str, *, heard: bool) -> None:
        now = millis(self._clock.now(source.workspace))
        self._listen.decide(tx, watch, now, Silenced(source.id, heard, source.title))

    def pushed(self, source: Source, lines: Sequence[bytes]) -> Accepted:
        """Accept what somebody sent to a source that is not read, item by item, and note it."""
        done = self._listen.accept_lines(source.workspace, lines)
        self._went_well(source, done, done.accepted + done.duplicates)
        return done

    def failed(self, source: Source, error: FenghuoError) -> None:
        """Note why a source could not be read."""
        now = millis(self._clock.now(source.workspace))
        with self._store.transaction() as tx:
            health = tx.sources.health(source.id, to_change=True)
            bad = failed(health, now, error.key, dict(error.values), error.move)
            tx.sources.save_health(source.id, bad)

    def _went_well(
        self,
        source: Source,
        done: Accepted,
        posts: int,
        next_at: int = 0,
        said: Sequence[Said] = (),
    ) -> None:
        now = millis(self._clock.now(source.workspace))
        with self._store.transaction() as tx:
            health = tx.sources.health(source.id, to_change=True)
            tx.sources.save_health(source.id, read_well(health, now, posts, next_at, said))
            # A duplicate is one that had matched before; all that is left matched nothing.
            taken = done.accepted + done.duplicates
            if taken:
                missed = done.accepted - done.matched
                tx.retention.add_brought(source.id, now - now % HOUR_MS, taken, missed)


def _own(tx: Transaction, workspace: str, source: str, *, to_change: bool = False) -> Source:
    found = tx.sources.one(source, to_change=to_change)
    if found is None or found.workspace != workspace:
        raise Missing("intake.no_source")
    return found
