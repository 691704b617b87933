"""Migrations: the tables that the code knows, once, safely, from an installed package."""

import re
import sqlite3
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text
from storage.rows import OURS, add, mention, post

from fenghuo.domain.errors import OurMove, UserMove
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database, backup_before, migrate
from fenghuo.storage.engine import read_url
from fenghuo.storage.schema import WORDS, mentions, metadata

ROOT = Path(__file__).parents[2]
LABELS = ("platform", "country", "kind", "lang", "sentiment", "crisis_type", "grave")
BEFORE_LABELS = "0007"
"""The last version whose mentions had no labels of their own."""


def only_what_both_know(name: str | None, kind: str, _parents: object) -> bool:
    """On SQLite the full text is a virtual table with tables of its own."""
    return not (kind == "table" and (name or "").startswith(WORDS))


def test_the_migrated_database_is_the_one_that_the_code_knows(database_url: str) -> None:
    engine = create_engine(read_url(database_url))
    options: dict[str, Any] = {"compare_type": True}
    if engine.dialect.name == "sqlite":
        options["include_name"] = only_what_both_know
        options["include_object"] = lambda _o, name, kind, _r, _c: only_what_both_know(
            name, kind, None
        )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert WORDS in inspect(connection).get_table_names()
    engine.dispose()


def test_migrating_makes_the_tables_once(new_database_url: str) -> None:
    assert migrate(new_database_url)
    assert not migrate(new_database_url)
    database = Database(new_database_url)
    with database.transaction() as tx:
        assert len(add(tx, mention(post("1")))) == 1
    database.close()


def test_mentions_of_an_older_version_are_found_by_all_that_is_known_of_them(
    new_database_url: str,
) -> None:
    told = {"excluded": False, "grave": True, "workspace": OURS, "watch": "w", "body": b""}
    rows = {
        "posts": "(number, workspace, platform, native, digest, kind, country, body) VALUES"
        " (:n, :workspace, 'shop', :name, '', 'review', 'de', :body)",
        "mentions": "(number, id, watch, workspace, post, at, received, copy_of, excluded, marks)"
        " VALUES (:n, :name, :watch, :workspace, :n, :n, :n, '', :excluded, '')",
        "understandings": "(mention, lang, sentiment, crisis_type, grave, body) VALUES"
        " (:name, 'th', 'negative', 'product', :grave, :body)",
        "awaiting": "(mention) VALUES (:name)",
    }
    engine = create_engine(read_url(new_database_url))
    with engine.begin() as connection, as_file(files("fenghuo.storage")) as package:
        config = Config()
        config.set_main_option("script_location", str(package / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE_LABELS)
        for table, values in rows.items():
            # The third, far from the others, waits to be understood.
            numbers = {"understandings": (1, 2), "awaiting": (25_000,)}.get(table, (1, 2, 25_000))
            made = [told | {"n": n, "name": f"m{n}"} for n in numbers]
            connection.execute(text(f"INSERT INTO {table} {values}"), made)
    assert migrate(new_database_url)
    with engine.connect() as connection:
        labels = (mentions.c[name] for name in LABELS)
        found = connection.execute(select(*labels).order_by(mentions.c.number)).all()
        assert found[0] == found[1] == ("shop", "de", "review", "th", "negative", "product", True)
        assert found[2] == ("shop", "de", "review", "", "", "", False)
        waiting = connection.execute(text("SELECT mention, workspace FROM awaiting")).all()
        assert waiting == [("m25000", OURS)]
    engine.dispose()


def test_processes_that_start_together_migrate_once(new_database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        changed = list(pool.map(migrate, [new_database_url] * 3))
    assert sorted(changed) == [False, False, True]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr("alembic.operations.Operations.create_index", stop)
    with pytest.raises(LookupError):
        migrate(new_database_url)
    monkeypatch.undo()
    engine = create_engine(read_url(new_database_url))
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    assert migrate(new_database_url)


def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    engine = create_engine(read_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(UserMove, match=r"storage\.newer"):
        migrate(database_url)


def forget_version(file: Path, revision: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_a_copy_is_made_before_stored_tables_change_and_holds_everything(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fenghuo.db"
    url = f"sqlite:///{file}"
    assert backup_before(url) is None
    assert not file.exists()
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(url)
    with database.transaction() as tx:
        add(tx, mention(post("1")), tokens="kettle")
    assert backup_before(url) is None
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _: "9999")
    copy = backup_before(url)
    assert copy is not None
    assert re.fullmatch(r"fenghuo\.db\.before-\d{4}-was-changed", copy.name)
    assert backup_before(url) == copy
    database.close()
    restored = Database(f"sqlite:///{copy}")
    with restored.reading() as tx:
        assert len(tx.listen.search(MentionSearch(OURS))) == 1
    restored.close()
    assert list(tmp_path.glob("*.half")) == []


def test_no_copy_is_made_of_a_database_that_is_still_empty_or_not_a_file(
    new_database_url: str, database_url: str
) -> None:
    assert backup_before(new_database_url) is None
    assert backup_before(database_url) is None


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "fenghuo.db"
    file.write_text("this is a letter, not a database\n" * 100)
    with pytest.raises(UserMove, match=r"storage\.not_a_database"):
        migrate(f"sqlite:///{file}")


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(OurMove, match=r"storage\.unreachable"):
        migrate(f"sqlite:///{tmp_path / 'nowhere' / 'fenghuo.db'}")


def test_the_wheel_carries_every_migration(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    code = (
        "import sys; from fenghuo.storage import migrate, __file__ as f; "
        "assert f.startswith(sys.path[0]), f; print(migrate(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{tmp_path / 'new.db'}"],
        env={"PYTHONPATH": str(tmp_path / "installed")},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True\n"
