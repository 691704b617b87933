"""Connections: how each database is opened and how its transactions begin."""

from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from fenghuo.domain.errors import OurMove, UserMove
from fenghuo.storage.errors import speak_domain

READING: Final = "fenghuo_reading"
WAIT_MS = 10_000
"""How long a writer waits for another. Shorter: a flood's intake fails while an engine commits a
long stretch. Longer: a stuck process holds a page for longer than a person waits."""
THREADS = 40
"""Threads in which the web process answers. Each holds one connection while it works."""
KEPT, SPARE = 5, 5
"""Connections that stay open, and how many more than threads there may be, for a step that looks
something up while its transaction is open. Fewer kept: a busy hour opens them over and over."""
_POOL = {"pool_size": KEPT, "max_overflow": THREADS + SPARE - KEPT, "pool_timeout": WAIT_MS / 1000}

PRAGMAS = (
    f"PRAGMA busy_timeout={WAIT_MS}",
    "PRAGMA journal_mode=WAL",
    # FULL, not NORMAL: a post is answered "accepted" when its log row is committed, and in WAL
    # mode NORMAL survives kill -9 but may forget the last commits when the power fails. FULL is
    # one fsync a commit, so its price falls with the batch (benchmarks/speed/store.py).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # What was erased on request is overwritten where that costs no reading or writing more.
    "PRAGMA secure_delete=FAST",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
    # A long reader lets the log of changes grow; afterwards it is cut back to this.
    "PRAGMA journal_size_limit=67108864",
)


def read_url(url: str) -> URL:
    """The URL with the driver that we use; UserMove for another database or none."""
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise UserMove("storage.url_wrong", str(error)) from error
    if made.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return made.set(drivername="postgresql+psycopg")
    if made.drivername == "sqlite" and made.database and made.database != ":memory:":
        return made
    raise UserMove("storage.url_wrong", made.render_as_string())


def open_engine(url: str) -> Engine:
    """An engine whose errors are domain errors; connects when first used.

    A transaction begins as a writer unless the engine's options say READING.
    """
    made = read_url(url)
    if made.drivername == "sqlite":
        engine = create_engine(made, **_POOL)
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(made, pool_pre_ping=True, **_POOL)
    speak_domain(engine)
    return engine


def connect(engine: Engine) -> Connection:
    """A connection; OurMove "storage.busy" when all of them stay in use for too long."""
    try:
        return engine.connect()
    except TimeoutError as error:
        # The pool's own error, which no listener of the engine sees.
        raise OurMove("storage.busy", str(error)) from error


def reading(engine: Engine) -> Engine:
    """The same engine for views: a stable snapshot, and a write fails."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _open_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Python's sqlite3 begins transactions by itself, and too late: only before a write, so that
    # two writers could both read first. With None it leaves BEGIN to `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(READING):
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        # The write lock at once: a reader that turns writer later would fail, not wait.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
