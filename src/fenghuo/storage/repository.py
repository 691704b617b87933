"""What every repository has: one connection inside one transaction, and its writer locks."""

from hashlib import sha256

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite


class Repository:
    """Base of the repositories of a transaction; they share its connection."""

    def __init__(self, connection: Connection) -> None:
        """`connection` is inside a transaction that somebody else ends."""
        self.connection = connection

    @property
    def postgres(self) -> bool:
        """True on PostgreSQL, False on SQLite."""
        return self.connection.dialect.name == "postgresql"

    def lock(self, name: str) -> None:
        """Keep other writers off `name` until the transaction ends.

        SQLite has one writer at a time already (BEGIN IMMEDIATE).
        """
        if self.postgres:
            key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def add_new(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that leaves rows alone that are there already."""
        return self.insert(table).on_conflict_do_nothing()

    def put(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that rewrites the row of the same primary key."""
        row = self.insert(table)
        keys = [column.name for column in table.primary_key]
        rest = {c.name: row.excluded[c.name] for c in table.columns if c.name not in keys}
        return row.on_conflict_do_update(index_elements=keys, set_=rest)

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that can say what to do about a row that is there already."""
        return postgresql.insert(table) if self.postgres else sqlite.insert(table)
