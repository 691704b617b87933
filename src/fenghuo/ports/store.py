"""One unit of work over the database."""

from contextlib import AbstractContextManager
from typing import Protocol

from fenghuo.ports.access_store import AccessStore
from fenghuo.ports.archive_store import ArchiveStore
from fenghuo.ports.beat_store import BeatStore
from fenghuo.ports.change_store import ChangeStore
from fenghuo.ports.erasure_store import ErasureStore
from fenghuo.ports.guest_store import GuestStore
from fenghuo.ports.lately_store import LatelyStore
from fenghuo.ports.list_store import ListStore
from fenghuo.ports.listen_store import ListenStore
from fenghuo.ports.prepare_store import PrepareStore
from fenghuo.ports.retention_store import RetentionStore
from fenghuo.ports.source_store import SourceStore
from fenghuo.ports.spread_store import SpreadStore
from fenghuo.ports.telling_store import TellingStore
from fenghuo.ports.translation_store import TranslationStore
from fenghuo.ports.warn_store import WarnStore


class Transaction(Protocol):
    """Everything in it commits together or not at all."""

    @property
    def listen(self) -> ListenStore:
        """The listening room's tables; used by that room only."""
        ...

    @property
    def lately(self) -> LatelyStore:
        """The newest mentions; used by the listening room only."""
        ...

    @property
    def lists(self) -> ListStore:
        """Named lists; used by the listening room only."""
        ...

    @property
    def spread(self) -> SpreadStore:
        """One story as a whole; used by the listening room only."""
        ...

    @property
    def access(self) -> AccessStore:
        """People and their passes; used by security only."""
        ...

    @property
    def guests(self) -> GuestStore:
        """Guests and their links; used by security only."""
        ...

    @property
    def sources(self) -> SourceStore:
        """The listening room's sources; used by that room only."""
        ...

    @property
    def warn(self) -> WarnStore:
        """The warning room's tables; used by that room only."""
        ...

    @property
    def telling(self) -> TellingStore:
        """The warning room's calls; used by that room only."""
        ...

    @property
    def prepare(self) -> PrepareStore:
        """The preparing room's tables; used by that room only."""
        ...

    @property
    def translations(self) -> TranslationStore:
        """Machine translations; used by `app` only."""
        ...

    @property
    def erasure(self) -> ErasureStore:
        """Taking words and authors away; used by the listening room only."""
        ...

    @property
    def retention(self) -> RetentionStore:
        """How long words are kept; used by the listening room only."""
        ...

    @property
    def changes(self) -> ChangeStore:
        """What was changed in a workspace; every room writes its own into it."""
        ...

    @property
    def beats(self) -> BeatStore:
        """Signs of life of the parts; used by `app` only."""
        ...

    @property
    def archive(self) -> ArchiveStore:
        """Whole workspaces, to carry them elsewhere; used by `app` only."""
        ...


class Store(Protocol):
    """Opens transactions; nothing outside of one commits."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction: commits at the end of the block, rolls back on any error."""
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """A read-only view; never blocks a writer."""
        ...
