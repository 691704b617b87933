"""What a database says, as an error that says whose move it is.

Busy and unreachable are ours to try again; a full or read-only disk is the user's to mend.
Everything else is a fault of ours and stays as SQLAlchemy raised it.
"""

import sqlite3

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from fenghuo.domain.errors import FenghuoError, OurMove, UserMove

_SQLITE: dict[int, tuple[type[FenghuoError], str]] = {
    sqlite3.SQLITE_BUSY: (OurMove, "storage.busy"),
    sqlite3.SQLITE_LOCKED: (OurMove, "storage.busy"),
    sqlite3.SQLITE_FULL: (UserMove, "storage.full"),
    sqlite3.SQLITE_CANTOPEN: (OurMove, "storage.unreachable"),
    sqlite3.SQLITE_IOERR: (OurMove, "storage.unreachable"),
    sqlite3.SQLITE_NOTADB: (UserMove, "storage.not_a_database"),
    sqlite3.SQLITE_CORRUPT: (UserMove, "storage.damaged"),
}
# SQLSTATE, longest match first: a whole state, or its class of two characters.
_POSTGRES: dict[str, tuple[type[FenghuoError], str]] = {
    "40001": (OurMove, "storage.busy"),
    "40P01": (OurMove, "storage.busy"),
    "55P03": (OurMove, "storage.busy"),
    "53300": (OurMove, "storage.busy"),
    "53100": (UserMove, "storage.full"),
    "08": (OurMove, "storage.unreachable"),
    "57": (OurMove, "storage.unreachable"),
}


def translate(error: BaseException) -> FenghuoError | None:
    """The domain error of a driver's error, or None when it is a fault of the program."""
    found: tuple[type[FenghuoError], str] | None = None
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code; the rest says more than we need.
        code = getattr(error, "sqlite_errorcode", None)
        found = None if code is None else _SQLITE.get(code & 0xFF)
    elif isinstance(error, psycopg.Error):
        # A connection that fails has no SQLSTATE, be it for the server, the name or the password.
        state = error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
        found = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    return found and found[0](found[1], str(error))


def speak_domain(engine: Engine) -> None:
    """Make every statement, commit and connect of this engine raise domain errors."""
    event.listen(engine, "handle_error", _raise_domain)


def _raise_domain(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # a connection that the server ended: the pool replaces it
    found = translate(context.original_exception)
    if found is not None:
        raise found from context.original_exception
