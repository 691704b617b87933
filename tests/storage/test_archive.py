"""Archives: a whole workspace carried elsewhere, once, without its secrets, or not at all."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from sqlalchemy import Select, Table, inspect, select, table, text
from sqlalchemy.sql import visitors
from storage.rows import mention, post
from storage.whole import SECRET, Heard, fill, heard, log

from fenghuo.app import App, Archives
from fenghuo.config import Config
from fenghuo.domain.chain import walk
from fenghuo.domain.erased import erased_name
from fenghuo.domain.errors import BadInput, NotAllowed, UserMove
from fenghuo.domain.log import Row
from fenghuo.domain.people import Newcomer, Workspace
from fenghuo.ports.archive_store import NOUNS
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage.archive import LEFT_OUT
from fenghuo.storage.archive_lines import QUERIES
from fenghuo.storage.engine import open_engine
from fenghuo.storage.schema import metadata
from fenghuo.storage.streams import Streams

fresh = count()
GIVEN = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Installation:
    """A product over a database of its own."""

    app: App

    @property
    def archives(self) -> Archives:
        return Archives(self.app)


Kind = Literal["sqlite", "postgres"]
Found = Callable[[Kind], Installation]


@pytest.fixture
def found(tmp_path: Path, one_more_database: Callable[[Kind], str]) -> Iterator[Found]:
    """Makes one more installation, on the kind of database asked for."""
    with ExitStack() as stack:

        def make(kind: Kind) -> Installation:
            app = App(Config(var=tmp_path / "var", database=one_more_database(kind)))
            stack.callback(app.store.close)
            return Installation(app)

        yield make


@pytest.fixture
def here(kind: Kind, found: Found) -> Installation:
    return found(kind)


@pytest.fixture
def there(kind: Kind, found: Found) -> Installation:
    """Another installation, on the other database."""
    return found("postgres" if kind == "sqlite" else "sqlite")


def exported(installation: Installation, place: str, file: Path) -> dict[str, bytes]:
    installation.archives.write(installation.archives.workspace(place), file)
    with zipfile.ZipFile(file) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def same(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    """Equal byte for byte, but for the time at which they were made."""
    manifests = [json.loads(files["manifest.json"]) | {"made_at": ""} for files in (one, other)]
    lines = [{k: v for k, v in f.items() if k != "manifest.json"} for f in (one, other)]
    return lines[0] == lines[1] and manifests[0] == manifests[1]


def contents(installation: Installation) -> dict[str, list[Any]]:
    """Every row of every table; numbers that a database gives by itself as well."""
    engine = open_engine(installation.app.config.database_url)
    rows: dict[str, list[Any]] = {}
    with engine.connect() as connection:
        for name in inspect(engine).get_table_names():
            found = connection.execute(select(text("*")).select_from(table(name)))
            rows[name] = sorted(map(repr, found))
    engine.dispose()
    return rows


@GIVEN
@given(heard, log)
def test_an_imported_workspace_is_the_exported_one_to_the_byte_and_taken_once(
    here: Installation, there: Installation, tmp_path: Path, heard: list[Heard], log: tuple[Row]
) -> None:
    place, file = f"p{next(fresh)}", tmp_path / "one.zip"
    fill(here.app.store, place, heard, log)
    first = exported(here, place, file)
    taken = there.archives.take(file)
    assert taken.new
    assert len(taken.links) == 2
    assert same(first, exported(there, place, tmp_path / "two.zip"))
    before = contents(there)
    again = there.archives.take(file)
    assert not again.new
    assert not again.differing
    assert contents(there) == before


def test_other_workspaces_are_never_touched(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours", [(post("1"), 0, "understood")])
    fill(there.app.store, "theirs", [(post("1"), 0, "understood")])
    before = exported(there, "theirs", tmp_path / "before.zip")
    exported(here, "ours", tmp_path / "ours.zip")
    assert there.archives.take(tmp_path / "ours.zip").new
    assert here.app.warn.alerts("ours-w0") == there.app.warn.alerts("ours-w0") != []
    assert here.app.warn.stories("ours-w0") == there.app.warn.stories("ours-w0") != []
    assert same(before, exported(there, "theirs", tmp_path / "after.zip"))
    with there.app.store.reading() as tx:
        assert len(tx.listen.search(MentionSearch("ours"))) == 1


def test_no_secret_is_in_an_archive_and_what_is_left_out_is_said(
    here: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours", [(post("1"), 0, "understood")])
    files = exported(here, "ours", tmp_path / "ours.zip")
    assert all(SECRET.encode() not in content for content in files.values())
    [source] = [s for s in map(json.loads, files["sources.jsonl"].splitlines()) if s["left_out"]]
    assert source["left_out"] == ["token"]
    assert json.loads(files["manifest.json"])["left_out"]
    assert (tmp_path / "ours.zip").stat().st_mode & 0o777 == 0o600


def test_erased_words_stay_erased_and_are_not_found_again(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours", [(post("1"), 0, "erased"), (post("2"), 0, "understood")])
    files = exported(here, "ours", tmp_path / "ours.zip")
    lines = [json.loads(line)["post"] for line in files["posts.jsonl"].splitlines()]
    assert [(p["id"], bool(p["text"])) for p in lines] == [
        ("2", True),
        (erased_name("ours", "x", "1"), False),
    ]
    there.archives.take(tmp_path / "ours.zip")
    search = MentionSearch("ours", with_excluded=True)
    assert len(there.app.listen.mentions(search)) == 2
    assert [m.post.id for m in there.app.listen.find(search, "水壶")[0]] == ["2"]
    with there.app.store.reading() as tx:
        assert tx.listen.known_posts("ours", [("x", "1")]) == {}
    with there.app.store.transaction() as tx:
        assert tx.listen.add_mentions([mention(post("1"), "ours-w0", "ours")], [""]) == set()


def test_an_imported_mention_is_found_by_what_it_is_and_what_it_means(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    review = post("1", platform="shop", kind="review", country="de")
    fill(here.app.store, "ours", [(review, 0, "understood"), (post("2"), 0, "new")])
    exported(here, "ours", tmp_path / "ours.zip")
    there.archives.take(tmp_path / "ours.zip")
    searches = (
        MentionSearch("ours", platform="shop"),
        MentionSearch("ours", country="de"),
        MentionSearch("ours", lang="en"),
        MentionSearch("ours", sentiment="negative"),
        MentionSearch("ours", crisis_type="product"),
        MentionSearch("ours", grave=True),
    )
    for search in searches:
        assert [m.post.id for m in there.app.listen.mentions(search)] == ["1"], search
    assert there.app.listen.awaiting("ours") == 1
    assert there.app.listen.awaiting("theirs") == 0
    with there.app.store.reading() as tx:
        assert tx.listen.workspaces_awaiting() == ["ours"]


def test_the_chain_of_facts_holds_after_the_journey_and_goes_on(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")
    there.archives.take(tmp_path / "ours.zip")
    engine = open_engine(there.app.config.database_url)
    with there.app.store.transaction() as tx:
        tx.changes.record("ours", 1, "duty_removed", {"who": "Li"})
    with engine.connect() as connection:
        for stream, facts in (("watch:ours-w0", 2), ("calls:ours-w0", 1), ("workspace:ours", 2)):
            held = walk(stream, Streams(connection).linked(stream))
            assert (held.count, held.broken) == (facts, 0)
    engine.dispose()


def test_a_person_who_is_here_already_joins_and_keeps_their_password(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    word = "correct horse battery"
    secret = there.app.access.first_owner_secret()
    there.app.access.create_first_owner(secret, Newcomer("chen@ours.example", "陈朗", word), "X")
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")
    taken = there.archives.take(tmp_path / "ours.zip")
    [(person, link)] = taken.links
    assert person.email == "li@ours.example"
    session = there.app.access.session(
        there.app.access.sign_in("chen@ours.example", word, "127.0.0.1")
    )
    assert session is not None
    assert {m.workspace.id for m in session.members} > {"ours"}
    with there.app.store.reading() as tx:
        assert tx.prepare.duties("ours")[0].person.member == session.person.id
    there.app.access.accept_invite(link, Newcomer("li@ours.example", "Li", word), "127.0.0.1")
    assert there.app.access.sign_in("li@ours.example", word, "127.0.0.1")


def test_only_the_link_made_for_a_person_lets_them_choose_a_password(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")
    links = {p.email: s for p, s in there.archives.take(tmp_path / "ours.zip").links}
    thief = Newcomer("chen@ours.example", "Chen", "correct horse battery")
    for link in (there.app.access.invite("theirs", ["viewer"]), links["li@ours.example"]):
        with pytest.raises(NotAllowed, match=r"access\.wrong"):
            there.app.access.accept_invite(link, thief, "127.0.0.1")


def test_a_workspace_that_went_on_since_is_left_alone_and_the_difference_is_named(
    here: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")
    with here.app.store.transaction() as tx:
        tx.changes.record("ours", 1, "duty_removed", {"who": "Li"})
        tx.prepare.remove_duty("ours", "ours-d")
    before = contents(here)
    taken = here.archives.take(tmp_path / "ours.zip")
    assert (taken.new, taken.differing) == (False, ("facts", "duties"))
    assert contents(here) == before


def test_lists_travel_with_the_watches_that_use_them(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")
    there.archives.take(tmp_path / "ours.zip")
    [use] = there.app.lists.overview("ours")
    assert use.named.entries == ("Reuters", "新华社")
    assert [w.id for w in use.watches] == ["ours-w0", "ours-w1"]
    told = replace(post("1"), text="据新华社报道")
    assert there.app.listen.accept("ours", [told]).matched == 1


def test_an_archive_from_before_there_were_lists_is_taken_and_once(
    here: Installation, there: Installation, tmp_path: Path
) -> None:
    fill(here.app.store, "ours")
    exported(here, "ours", tmp_path / "ours.zip")

    def without(files: dict[str, bytes]) -> None:
        del files["lists.jsonl"]
        files["watches.jsonl"] = files["watches.jsonl"].replace(b" OR @list(press)", b"")
        manifest = json.loads(files["manifest.json"])
        del manifest["parts"]["lists"]
        body = files["watches.jsonl"]
        told = {"bytes": len(body), "sha256": sha256(body).hexdigest()}
        manifest["parts"]["watches"] |= told
        files["manifest.json"] = json.dumps(manifest).encode()

    old = rewritten(tmp_path / "ours.zip", without, honest=False)
    assert there.archives.take(old).new
    again = there.archives.take(old)
    assert (again.new, again.differing) == (False, ())
    there.app.lists.make("ours", "press", ["Reuters"])
    assert there.archives.take(old).differing == ("lists", "facts")


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None], *, honest: bool) -> Path:
    """The archive with changed files; `honest` gives the manifest the digests of the new ones."""
    with zipfile.ZipFile(file) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    change(files)
    if honest:
        manifest = json.loads(files["manifest.json"])
        for noun in NOUNS:
            body = files[f"{noun}.jsonl"]
            digest, lines = sha256(body).hexdigest(), body.count(b"\n")
            manifest["parts"][noun] = {"lines": lines, "bytes": len(body), "sha256": digest}
        files["manifest.json"] = json.dumps(manifest).encode()
    target = file.with_name(f"changed-{next(fresh)}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, body in files.items():
            zipped.writestr(name, body)
    return target


def put(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name], files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def add(name: str, body: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: files.get(name, b"") + body})


def drop(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


CHANGES: list[tuple[str, bool, Callable[[dict[str, bytes]], None]]] = [
    ("archive.digest_wrong", False, put("posts.jsonl", b"caught fire", b"caught a cold")),
    ("archive.strange_file", True, add("../../etc/cron.d/evil", b"x")),
    ("archive.strange_file", True, add("/absolute", b"x")),
    ("archive.part_missing", False, drop("log.jsonl")),
    ("archive.part_missing", True, lambda files: files.update({"workspace.jsonl": b""})),
    ("archive.part_missing", True, lambda files: files.update({"posts.jsonl": b""})),
    ("archive.newer", True, put("manifest.json", b'"version": 1', b'"version": 2')),
    ("archive.not_ours", True, put("manifest.json", b"fenghuo workspace", b"something else")),
    ("archive.not_ours", False, lambda files: files.update({"manifest.json": b"[" * 100_000})),
    ("archive.line_wrong", True, add("log.jsonl", b"{broken\n")),
    ("archive.line_wrong", True, add("log.jsonl", b"[" * 100_000 + b"\n")),
    ("archive.line_wrong", True, put("facts.jsonl", b'"seq":1', b'"seq":' + b"9" * 30)),
    ("archive.damaged", True, add("log.jsonl", b"no end of line")),
    ("archive.bomb", True, add("told.jsonl", b" " * 65_000_000 + b"\n")),
    ("archive.foreign", True, put("mentions.jsonl", b'"watch":"ours-w0"', b'"watch":"theirs-w0"')),
    ("archive.foreign", True, put("facts.jsonl", b"workspace:ours", b"workspace:theirs")),
    ("archive.foreign", True, put("mappings.jsonl", b'"name":"Shop"', b'"name":"Stop"')),
    ("sources.mapping_wrong", True, put("mappings.jsonl", b'"columns"', b'"coloumns"')),
    ("archive.foreign", True, put("pictures.jsonl", b'"kind":"png"', b'"kind":"jpeg"')),
    ("archive.foreign", True, put("pictures.jsonl", b'"body":"iVBO', b'"body":"PHNj')),
    ("archive.foreign", True, put("pictures.jsonl", b'"mention":"', b'"mention":"x')),
    ("archive.part_missing", False, drop("lists.jsonl")),
    ("archive.foreign", True, put("lists.jsonl", b"Reuters", b"a OR b")),
    ("archive.foreign", True, put("lists.jsonl", b'"press"', b'"two words"')),
    ("archive.foreign", True, put("lists.jsonl", b'"press"', b'"hazards"')),
    ("archive.foreign", True, put("channels.jsonl", b'"workspace":"ours"', b'"workspace":"th"')),
    ("archive.foreign", True, put("watches.jsonl", b'["de"]', b'["xx"]')),
    ("archive.foreign", True, put("watches.jsonl", b'"time_zone":"UTC"', b'"time_zone":"Mars"')),
    ("archive.foreign", True, put("duties.jsonl", b'"order":1', b'"order":0')),
    ("archive.foreign", True, put("memories.jsonl", b'"position":0', b'"position":9')),
    ("archive.foreign", True, put("manifest.json", b'"workspace": "ours"', b'"workspace": "th"')),
    ("archive.chain_broken", True, put("facts.jsonl", b"alert_opened", b"alert_closed")),
    ("archive.chain_broken", True, put("facts.jsonl", b'"who":"Chen"', b'"who":"Nobody"')),
    ("archive.clash", True, put("duties.jsonl", b'"id":"ours-d"', b'"id":"theirs-d"')),
    ("archive.clash", True, put("sources.jsonl", b'"id":"ours-new"', b'"id":"theirs-new"')),
    ("archive.unfit", True, put("calls.jsonl", b'"turn":1', b'"turn":' + b"9" * 25)),
]


@pytest.mark.parametrize(("key", "honest", "change"), CHANGES)
def test_a_changed_archive_is_refused_with_its_reason_and_nothing_is_written(
    here: Installation, found: Found, tmp_path: Path, key: str, honest: bool,
    change: Callable[[dict[str, bytes]], None],
) -> None:  # fmt: skip
    there = found("sqlite")
    fill(there.app.store, "ours", [(post("1"), 0, "understood")])
    exported(there, "ours", tmp_path / "ours.zip")
    fill(here.app.store, "theirs")
    before = contents(here)
    with pytest.raises(BadInput) as refused:
        here.archives.take(rewritten(tmp_path / "ours.zip", change, honest=honest))
    assert refused.value.key == key
    assert contents(here) == before


def test_a_file_that_is_no_whole_zip_is_refused(here: Installation, tmp_path: Path) -> None:
    fill(here.app.store, "ours", [(post(str(n)), 0, "new") for n in range(50)])
    exported(here, "ours", tmp_path / "ours.zip")
    whole = (tmp_path / "ours.zip").read_bytes()
    at = whole.index(b"posts.jsonl") + 60
    spoilt = whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + 40]) + whole[at + 40 :]
    for content, key in (
        (b"this is a letter", "archive.not_a_zip"),
        (whole[: len(whole) // 2], "archive.not_a_zip"),
        (spoilt, "archive.damaged"),
    ):
        (tmp_path / "bad.zip").write_bytes(content)
        with pytest.raises(BadInput) as refused:
            here.archives.take(tmp_path / "bad.zip")
        assert refused.value.key == key
    with pytest.raises(BadInput, match=r"archive\.unreadable"):
        here.archives.take(tmp_path / "nowhere.zip")


def test_an_archive_that_cannot_be_written_leaves_the_old_one(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(here.app.store, "ours")
    file = tmp_path / "ours.zip"
    exported(here, "ours", file)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.writestr", full)
    with pytest.raises(UserMove, match=r"archive\.unwritable"):
        exported(here, "ours", file)
    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.glob("*.half")] == []


def test_a_workspace_is_found_by_its_name_only_when_one_has_it(here: Installation) -> None:
    fill(here.app.store, "ours")
    assert here.archives.workspace("Name of ours").id == "ours"
    with here.app.store.transaction() as tx:
        tx.access.save_workspace(Workspace("twin", "Name of ours"))
    for name in ("Name of ours", "nobody"):
        with pytest.raises(BadInput, match=r"archive\.no_workspace.*twin"):
            here.archives.workspace(name)


def test_every_table_is_in_an_archive_or_said_to_be_left_out() -> None:
    read = {table.name for query in QUERIES.values() for table in _tables(query.rows("x"))}
    assert read | set(LEFT_OUT) == set(metadata.tables)
    assert not read & set(LEFT_OUT)
    assert set(QUERIES) == set(NOUNS)


def _tables(asked: Select[Any]) -> set[Any]:
    return {element for element in visitors.iterate(asked) if isinstance(element, Table)}
