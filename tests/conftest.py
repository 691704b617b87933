"""Databases for tests: every test that asks for one runs on SQLite and on PostgreSQL."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from itertools import count
from pathlib import Path
from ssl import SSLContext
from typing import Literal

import httpx
import pytest
from databases import Lending, new_database, own_server
from hypothesis import HealthCheck, settings
from pwdlib.hashers.argon2 import Argon2Hasher

from fenghuo.security import passwords
from fenghuo.storage import Database, engine, migrate

Kind = Literal["sqlite", "postgres"]
_numbers = count(1)
# How long an example takes says more about the machine than about us.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto` a process for each core that we may use, be it only one."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names no test by its bytes: packed ones hold the second, and two processes would differ."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashing at the least cost; what the product pays, test_passwords asks of the product."""
    cheap = partial(Argon2Hasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "Argon2Hasher", cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Each application of a test has a way out of its own; reading what to trust takes 20 ms."""
    read = httpx.create_ssl_context

    @cache
    def read_once(_file: str | None) -> SSLContext:
        return read()

    with pytest.MonkeyPatch.context() as patch:
        named = partial(os.environ.get, "SSL_CERT_FILE")
        patch.setattr(httpx, "create_ssl_context", lambda: read_once(named()))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_wait_for_disks() -> Iterator[None]:
    """SQLite as the PostgreSQL of the tests has it; test_database asks what the product does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PRAGMAS", (*engine.PRAGMAS, "PRAGMA synchronous=OFF"))
        yield


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
    with own_server() as url:
        yield url


@pytest.fixture(scope="session")
def lending(postgres: str) -> Iterator[Lending]:
    """Lends databases on the server."""
    made = Lending(postgres)
    yield made
    made.close()


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
    lending: Lending = request.getfixturevalue("lending")
    with lending.lent() as url:
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
            lending: Lending = request.getfixturevalue("lending")
            return stack.enter_context(lending.lent())

        yield make


@pytest.fixture
def new_database_url(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no migration has seen, as a URL."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    with new_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The store over a migrated, empty database."""
    made = Database(database_url)
    yield made
    made.close()
