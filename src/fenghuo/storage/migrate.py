"""Bringing a database to this version's tables; the migrations ship inside the package."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from fenghuo.domain.errors import UserMove
from fenghuo.storage.engine import open_engine, read_url
from fenghuo.storage.errors import translate
from fenghuo.storage.repository import Repository


def migrate(url: str) -> bool:
    """Bring the database up to date, in one transaction; answers whether anything changed.

    A second process waits for the first and then finds the work done. UserMove
    "storage.newer" when a later version of the program has been here.
    """
    with _writing(url) as connection, _scripts(connection) as config:
        Repository(connection).lock("migrate")
        if not _behind(connection, config):
            return False
        command.upgrade(config, "head")
        return True


def backup_before(url: str) -> Path | None:
    """Copy the SQLite file if `migrate` would change tables that are there already.

    Answers the copy, which stands beside the file; None when there is nothing to fear, and on
    PostgreSQL, whose backups are its keeper's.
    """
    made = read_url(url)
    if made.drivername != "sqlite" or made.database is None or not Path(made.database).exists():
        return None
    with _writing(url) as connection, _scripts(connection) as config:
        before = _revision(connection)
        if before is None or not _behind(connection, config):
            return None
    file = Path(made.database)
    copy = file.with_name(f"{file.name}.before-{before}-was-changed")
    half = copy.with_name(copy.name + ".half")
    half.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(half)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise translate(error) or error from error
    return half.replace(copy)


def is_current(connection: Connection) -> bool:
    """True when the tables are those of this version; UserMove when they are a later one's."""
    with _scripts(connection) as config:
        return not _behind(connection, config)


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _scripts(connection: Connection) -> Iterator[Config]:
    with as_file(files("fenghuo.storage").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        yield config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _behind(connection: Connection, config: Config) -> bool:
    scripts = ScriptDirectory.from_config(config)
    now = _revision(connection)
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise UserMove("storage.newer", f"revision {now}")
    return now != scripts.get_current_head()
