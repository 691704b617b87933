"""The store's transactions, and what it says when the database is in trouble."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from storage.rows import OURS, add, fact, mention, mention_row, post

from fenghuo.domain.errors import FenghuoError, OurMove, UserMove
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.store import Store
from fenghuo.storage import Database
from fenghuo.storage import engine as engine_module
from fenghuo.storage.errors import translate


def test_the_database_is_the_store_that_the_rooms_ask_for(database: Database) -> None:
    store: Store = database
    with store.transaction() as tx:
        tx.listen.save_cursor("feed", "1")
    with store.reading() as tx:
        assert tx.listen.cursor("feed") == "1"
        assert tx.warn.lagging() == []


def test_a_commit_of_the_product_waits_until_it_is_on_the_disk(tmp_path: Path) -> None:
    # In a process of its own: here the tests wait for no disk.
    asked = (
        "from fenghuo.storage.engine import open_engine;"
        f"here = open_engine('sqlite:///{tmp_path}/new.db').connect();"
        "asked = [here.exec_driver_sql('PRAGMA ' + p) for p in ('journal_mode', 'synchronous')];"
        "print(*(answer.scalar() for answer in asked))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert done.stdout.split() == ["wal", "2"]


def test_an_error_in_the_block_undoes_everything_in_every_room(database: Database) -> None:
    one = mention(post("1"))

    def write_and_fail() -> None:
        with database.transaction() as tx:
            add(tx, one, tokens="kettle")
            tx.listen.append("w", [mention_row(1)])
            tx.warn.add_facts("w", [fact(1)])
            tx.warn.join("w", [(one.id, "s")])
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    with database.transaction() as tx:
        assert tx.listen.search(MentionSearch(OURS)) == []
        assert tx.listen.known_posts(OURS, [("x", "1")]) == {}
        assert tx.listen.rows("w", 0, 9) == []
        assert tx.warn.facts("w") == []
        assert tx.listen.awaiting() == 0
        assert add(tx, one) == {one.id}


def test_a_reader_sees_one_moment_and_keeps_no_writer_waiting(database: Database) -> None:
    with database.reading() as before:
        assert before.listen.cursor("feed") == ""
        with database.transaction() as tx:
            tx.listen.save_cursor("feed", "1")
        assert before.listen.cursor("feed") == ""
    with database.reading() as after:
        assert after.listen.cursor("feed") == "1"


def test_a_view_cannot_be_written_to_and_the_next_writer_can(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(DBAPIError), database.reading() as tx:
            tx.listen.save_cursor("feed", "1")
        with database.transaction() as tx:
            assert tx.listen.cursor("feed") == ""
            tx.listen.save_cursor("other", "1")


def test_a_fault_of_the_program_keeps_its_own_name(database: Database) -> None:
    def forget_where_the_log_ends() -> None:
        with database.transaction() as tx:
            tx.listen.append("w", [mention_row(1)])
            tx.listen._heads["w"] = (0, 0)  # noqa: SLF001  # the fault
            tx.listen.append("w", [mention_row(2)])

    with pytest.raises(IntegrityError):
        forget_where_the_log_ends()


def test_threads_share_one_store(database: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as tx:
            tx.listen.append("w", [mention_row(number)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with database.reading() as tx:
        assert len(tx.listen.rows("w", 0, 100)) == 40


def test_every_thread_that_answers_pages_has_a_connection(database: Database) -> None:
    met = Barrier(engine_module.THREADS)

    def look(_: int) -> str:
        with database.reading() as tx:
            met.wait(timeout=20)
            return tx.listen.cursor("feed")

    with ThreadPoolExecutor(engine_module.THREADS) as pool:
        assert list(pool.map(look, range(engine_module.THREADS))) == [""] * engine_module.THREADS


def test_when_every_connection_is_in_use_for_long_it_says_busy(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.05}
    monkeypatch.setattr(engine_module, "_POOL", small)
    database = Database(database_url)
    with database.reading():
        for begin in (database.reading, database.transaction):
            with pytest.raises(OurMove, match=r"storage\.busy"), begin():
                pass
    with database.transaction() as tx:
        tx.listen.save_cursor("feed", "1")
    database.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers that give up soon."""
    short = tuple(
        "PRAGMA busy_timeout=50" if "busy_timeout" in pragma else pragma
        for pragma in engine_module.PRAGMAS
    )
    monkeypatch.setattr(engine_module, "PRAGMAS", short)


@pytest.mark.usefixtures("impatient")
def test_a_writer_that_waits_too_long_says_busy_and_can_try_again(
    sqlite_template: Path, tmp_path: Path
) -> None:
    file = tmp_path / "fenghuo.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(20):
            with pytest.raises(OurMove, match=r"storage\.busy"), database.transaction():
                pass
        with database.reading() as tx:
            assert tx.listen.cursor("feed") == ""
        other.execute("COMMIT")
    with database.transaction() as tx:
        tx.listen.save_cursor("feed", "1")
    database.close()


def test_a_full_disk_is_the_users_move_and_nothing_half_is_kept(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fenghuo.db"
    file.write_bytes(sqlite_template.read_bytes())
    limit = ("PRAGMA max_page_count=1",)
    monkeypatch.setattr(engine_module, "PRAGMAS", engine_module.PRAGMAS + limit)
    database = Database(f"sqlite:///{file}")
    many = [mention(post(str(number))) for number in range(2_000)]
    with pytest.raises(UserMove, match=r"storage\.full"), database.transaction() as tx:
        add(tx, *many)
    with database.reading() as tx:
        assert tx.listen.search(MentionSearch(OURS)) == []
    database.close()


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    database = Database(f"postgresql://somebody@/nothing?host={tmp_path}")
    with pytest.raises(OurMove, match=r"storage\.unreachable"), database.transaction():
        pass


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
def test_a_connection_that_the_server_ended_is_replaced(database: Database, postgres: str) -> None:
    with database.transaction() as tx:
        tx.listen.save_cursor("feed", "1")
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (make_url(database.url).database,),
        )
    with database.transaction() as tx:
        assert tx.listen.cursor("feed") == "1"


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
def test_writers_that_block_each_other_end_as_busy_and_one_of_them_goes_on(
    database: Database,
) -> None:
    met = Barrier(2)

    def lock_both(first: str, second: str) -> None:
        with database.transaction() as tx:
            tx.listen.lock_log(first)
            met.wait()
            tx.listen.lock_log(second)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(lock_both, *pair) for pair in (("w", "v"), ("v", "w"))]
    failed = [error for each in done if (error := each.exception())]
    assert [type(error) for error in failed] == [OurMove]
    assert "storage.busy" in str(failed[0])


@pytest.mark.parametrize(
    "url", ["", "fenghuo", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(UserMove, match=r"storage\.url_wrong"):
        Database(url)


def test_no_password_reaches_the_error(tmp_path: Path) -> None:
    with pytest.raises(UserMove) as refused:
        Database("mysql://wen:secret@host/name")
    assert "secret" not in str(refused.value)


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("said so")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), "storage.busy"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "storage.busy"),
        (sqlite_error(sqlite3.SQLITE_LOCKED_SHAREDCACHE), "storage.busy"),
        (sqlite_error(sqlite3.SQLITE_FULL), "storage.full"),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), "storage.unreachable"),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), "storage.damaged"),
        (psycopg.errors.DeadlockDetected(), "storage.busy"),
        (psycopg.errors.SerializationFailure(), "storage.busy"),
        (psycopg.errors.TooManyConnections(), "storage.busy"),
        (psycopg.errors.DiskFull(), "storage.full"),
        (psycopg.errors.AdminShutdown(), "storage.unreachable"),
        (psycopg.OperationalError("no connection"), "storage.unreachable"),
    ],
)
def test_each_known_trouble_says_whose_move_it_is(error: Exception, key: str) -> None:
    found = translate(error)
    assert isinstance(found, FenghuoError)
    assert found.key == key
    assert found.move == ("ours" if key in {"storage.busy", "storage.unreachable"} else "user")


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE),
        sqlite3.ProgrammingError("closed"),
        psycopg.errors.UniqueViolation(),
        psycopg.errors.UndefinedTable(),
        LookupError(),
    ],
)
def test_a_fault_of_ours_is_not_called_trouble_of_the_database(error: Exception) -> None:
    assert translate(error) is None
