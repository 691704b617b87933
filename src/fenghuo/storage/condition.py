"""How a database is: what the doctor asks."""

import msgspec
from sqlalchemy import Connection, text

from fenghuo.storage.engine import READING, open_engine
from fenghuo.storage.migrate import is_current


class Condition(msgspec.Struct, frozen=True):
    """What was found: the server's version, the size in bytes, whether tables are this version's.

    `wrong` is what SQLite's own check of the file found first; "" is sound, and PostgreSQL keeps
    its own watch.
    """

    kind: str
    version: str
    size: int
    current: bool
    wrong: str = ""


def examine(url: str) -> Condition:
    """Look at a database and change nothing; errors as `Database` raises them.

    Reads the whole of an SQLite file: seconds a gigabyte.
    """
    engine = open_engine(url)
    try:
        with engine.execution_options(**{READING: True}).begin() as connection:
            return _examine(connection)
    finally:
        engine.dispose()


def _examine(connection: Connection) -> Condition:
    current = is_current(connection)
    if connection.dialect.name == "sqlite":
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        found = _one(connection, "PRAGMA quick_check(1)")
        return Condition(
            "sqlite",
            _one(connection, "SELECT sqlite_version()"),
            int(_one(connection, size)),
            current,
            "" if found == "ok" else found,
        )
    return Condition(
        "postgresql",
        _one(connection, "SHOW server_version"),
        int(_one(connection, "SELECT pg_database_size(current_database())")),
        current,
    )


def _one(connection: Connection, statement: str) -> str:
    return str(connection.execute(text(statement)).scalar_one())
