"""What was changed: every change of every room, in plain words, without a secret."""

import re

from msgspec.structs import replace
from web.house import House

from fenghuo.app.imports import Choice, Imports
from fenghuo.domain.source import Source
from fenghuo.domain.watch import Watch
from fenghuo.i18n import LANGUAGES, catalogue
from fenghuo.ports.change_store import Change
from fenghuo.web.pages.changes import KINDS, in_words

SECRET = "s3cret-key-in-the-address"


def make_changes(house: House) -> None:
    app, place = house.app, house.workspace
    li = house.member("pr", name="li")
    session = app.access.session(li)
    assert session
    owner = app.access.session(house.owner)
    assert owner
    who = owner.person.id
    app.change_roles(place, session.person.id, ["legal"], who)
    app.change_roles(place, session.person.id, [], who)
    app.access.create_token(place, "Shop import", ["posts:write"], who)
    [held] = app.access.tokens(place)
    app.access.drop_token(place, held.digest.hex(), who)
    app.listen.watch(place, Watch("Veyra", "veyra OR 维芮"), house.watch, who=who)
    app.listen.pause(place, house.watch, active=False, who=who)
    app.listen.pause(place, house.watch, active=True, who=who)
    url = f"https://feed.example/?key={SECRET}"
    source = Source("s1", place, "feeds", "=cmd()", {"url": url})
    app.save_source(source, who)
    app.save_source(Source("s1", place, "feeds", "Second", {"url": url + "2"}), who)
    app.sources.save(Source("s1", place, "feeds", "Second", {"url": url + "2"}, False), who)
    app.sources.remove(place, "s1", who)


def test_every_change_stands_in_the_list_newest_first(house: House) -> None:
    make_changes(house)
    found = [change.fact for change in house.app.changes(house.workspace)]
    assert found == [
        "source_removed", "source_paused", "source_changed", "source_added", "watch_resumed",
        "watch_paused", "watch_changed", "token_withdrawn", "token_made", "member_removed",
        "roles_changed", "member_joined", "member_invited", "watch_begun",
        "member_joined", "workspace_begun",
    ]  # fmt: skip
    page = house.client(house.owner, fenghuo_language="en").get("/settings/changes").text
    told = re.findall(r"<td><b>([^<]+)</b>", page)
    assert told[:2] == ["Removed a source: Second", "Paused a source: Second"]
    assert "veyra → veyra OR 维芮" in page
    assert "PR → legal" in page
    assert page.count("陈朗") > 10


def test_what_people_set_for_themselves_and_save_for_tables_is_told_with_who_did_it(
    house: House,
) -> None:
    session = house.app.access.session(house.owner)
    assert session
    house.app.access.save_person(replace(session.person, name="陈朗明", language="en"))
    house.app.access.save_person(replace(session.person, name="陈朗明", language="en"))
    imports = Imports(house.app)
    table = b"id,time,text,platform\n1,2026-01-01T00:00:00Z,veyra,x\n"
    for _ in range(2):
        imports.take(house.workspace, "t.csv", table, Choice(save_as="Shop"), session.person.id)
        imports.take(house.workspace, "t.csv", table, Choice(save_as="Shop"), session.person.id)
    imports.forget(house.workspace, "Shop", session.person.id)
    imports.forget(house.workspace, "Shop", session.person.id)
    found = house.app.changes(house.workspace)
    assert [change.fact for change in found[:3]] == [
        "mapping_removed", "mapping_saved", "person_changed",
    ]  # fmt: skip
    assert {change.what["who"] for change in found[:3]} == {session.person.id}
    fields = {"name": ["陈朗", "陈朗明"], "language": ["zh-CN", "en"]}
    assert found[2].what["fields"] == fields
    page = house.client(house.owner).get("/settings/changes").text
    assert "陈朗 → 陈朗明" in page


def test_a_change_that_changes_nothing_is_no_change(house: House) -> None:
    before = len(house.app.changes(house.workspace))
    house.app.listen.watch(house.workspace, Watch("Veyra", "veyra"), house.watch, who="li")
    house.app.listen.pause(house.workspace, house.watch, active=True, who="li")
    assert len(house.app.changes(house.workspace)) == before


def test_no_secret_is_in_the_changes(house: House) -> None:
    make_changes(house)
    client = house.client(house.owner)
    for path in ("/settings/changes", "/settings/changes.csv"):
        assert SECRET not in client.get(path).text


def test_the_table_holds_no_formula_and_all_changes(house: House) -> None:
    make_changes(house)
    client = house.client(house.owner, fenghuo_language="en")
    lines = client.get("/settings/changes.csv?kind=sources").text.splitlines()
    assert len(lines) == 5
    house.app.sources.save(Source("s2", house.workspace, "feeds", "x", {}), "=1+1")
    assert "'=1+1" in client.get("/settings/changes.csv").text


def test_the_list_goes_on_where_a_page_ends(house: House) -> None:
    for number in range(60):
        watch = Watch("Veyra", f"veyra OR v{number}")
        house.app.listen.watch(house.workspace, watch, house.watch, who="li")
    client = house.client(house.owner)
    seen = []
    path: str | None = "/settings/changes?kind=watches"
    while path:
        page = client.get(path).text
        seen += re.findall(r"→ veyra OR v(\d+)<", page)
        more = re.search(r'href="(/settings/changes\?kind=watches&amp;before=\d+)"', page)
        path = more[1].replace("&amp;", "&") if more else None
    assert seen == [str(n) for n in range(59, -1, -1)]


def test_another_workspace_sees_none_of_ours(house: House) -> None:
    make_changes(house)
    owner = house.app.access.session(house.owner)
    assert owner
    other = house.app.access.begin_workspace(owner.person.id, "Elsewhere", "real")
    assert {change.fact for change in house.app.changes(other.id)} == {
        "workspace_begun", "member_joined",
    }  # fmt: skip


def test_each_kind_of_change_has_its_words_and_an_unknown_one_its_name() -> None:
    names = [name for some in KINDS.values() for name in some]
    for spoken in LANGUAGES:
        assert {f"changes.fact_{name}" for name in names} == {
            key for key in catalogue(spoken) if key.startswith("changes.fact_")
        }
    told = in_words(Change(1, 1, "from_a_later_version", {"who": "li"}), {}, "en")
    assert (told.words, told.who) == ("from_a_later_version", "li")
