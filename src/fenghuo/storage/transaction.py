"""One unit of work: the repositories of every room over one connection."""

from functools import cached_property

from sqlalchemy import Connection

from fenghuo.storage.access import Access
from fenghuo.storage.archive import Archive
from fenghuo.storage.beats import Beats
from fenghuo.storage.changes import Changes
from fenghuo.storage.erasure import Erasure
from fenghuo.storage.guests import Guests
from fenghuo.storage.lately import Lately
from fenghuo.storage.listen import Listen
from fenghuo.storage.lists import Lists
from fenghuo.storage.prepare import Prepare
from fenghuo.storage.retention import Retention
from fenghuo.storage.sources import Sources
from fenghuo.storage.spread import SpreadOf
from fenghuo.storage.telling import Telling
from fenghuo.storage.translations import Translations
from fenghuo.storage.warn import Warn


class Transaction:
    """Everything in it commits together or not at all. A room uses its own property only."""

    def __init__(self, connection: Connection) -> None:
        """`connection` is inside a transaction, which `Database` ends."""
        self._connection = connection

    @cached_property
    def listen(self) -> Listen:
        """The listening room's tables."""
        return Listen(self._connection)

    @cached_property
    def lately(self) -> Lately:
        """The newest mentions."""
        return Lately(self._connection)

    @cached_property
    def lists(self) -> Lists:
        """Named lists."""
        return Lists(self._connection)

    @cached_property
    def spread(self) -> SpreadOf:
        """One story as a whole."""
        return SpreadOf(self._connection)

    @cached_property
    def access(self) -> Access:
        """People and their passes."""
        return Access(self._connection)

    @cached_property
    def guests(self) -> Guests:
        """Guests and their links."""
        return Guests(self._connection)

    @cached_property
    def sources(self) -> Sources:
        """The listening room's sources."""
        return Sources(self._connection)

    @cached_property
    def warn(self) -> Warn:
        """The warning room's tables."""
        return Warn(self._connection)

    @cached_property
    def telling(self) -> Telling:
        """The warning room's calls."""
        return Telling(self._connection)

    @cached_property
    def prepare(self) -> Prepare:
        """The preparing room's tables."""
        return Prepare(self._connection)

    @cached_property
    def translations(self) -> Translations:
        """Machine translations of mentions."""
        return Translations(self._connection)

    @cached_property
    def erasure(self) -> Erasure:
        """Taking words and authors away."""
        return Erasure(self._connection)

    @cached_property
    def retention(self) -> Retention:
        """How long words are kept."""
        return Retention(self._connection)

    @cached_property
    def changes(self) -> Changes:
        """What was changed in a workspace."""
        return Changes(self._connection)

    @cached_property
    def beats(self) -> Beats:
        """Signs of life of the parts."""
        return Beats(self._connection)

    @cached_property
    def archive(self) -> Archive:
        """Whole workspaces, to carry them elsewhere."""
        return Archive(self._connection)
