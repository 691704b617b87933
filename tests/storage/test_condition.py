"""What the doctor asks of a database."""

from pathlib import Path

from conftest import Kind
from storage.rows import add, mention, post

from fenghuo.storage import Database, examine, migrate


def test_a_sound_database_says_what_it_is_and_how_big(database: Database, kind: Kind) -> None:
    found = examine(database.url)
    assert found.kind == ("sqlite" if kind == "sqlite" else "postgresql")
    assert found.version.split(".")[0].isdigit()
    assert found.size > 50_000
    assert found.current
    assert found.wrong == ""


def test_a_database_without_tables_is_not_current_and_looking_changes_nothing(
    new_database_url: str,
) -> None:
    assert not examine(new_database_url).current
    assert not examine(new_database_url).current
    assert migrate(new_database_url)
    assert examine(new_database_url).current


def test_a_damaged_page_is_found(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "fenghuo.db"
    file.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{file}"
    database = Database(url)
    with database.transaction() as tx:
        add(tx, *(mention(post(str(number))) for number in range(500)))
    database.close()
    whole = bytearray(file.read_bytes())
    place = whole.rindex(b"social.example") // 4096 * 4096
    whole[place : place + 16] = b"\xff" * 16
    file.write_bytes(whole)
    assert examine(url).wrong
