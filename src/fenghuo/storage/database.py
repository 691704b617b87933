"""The store: transactions over SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from fenghuo.storage.engine import connect, open_engine, reading
from fenghuo.storage.transaction import Transaction


class Database:
    """Opens transactions on the database of a URL; `migrate` it first. Threads may share it.

    Raises OurMove "storage.busy" when another writer held on too long, "storage.unreachable"
    when the database is not there, and UserMove "storage.full" when the disk is.
    """

    def __init__(self, url: str) -> None:
        """`sqlite:///path` or `postgresql://…`; connects when first used."""
        self.url = url
        self._writing = open_engine(url)
        self._reading = reading(self._writing)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction: commits at the end of the block, rolls back on any error."""
        with connect(self._writing) as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only view of one moment; never blocks a writer."""
        with connect(self._reading) as connection, connection.begin():
            yield Transaction(connection)

    def close(self) -> None:
        """Give every connection back."""
        self._writing.dispose()
