"""Several workspaces: an agency sees all of its own, and nothing of anybody else's."""

from datetime import UTC, datetime
from html import unescape

import pytest
from msgspec.structs import replace
from web.house import House

from fenghuo.domain.errors import TimeMove, UserMove
from fenghuo.domain.post import Post, millis
from fenghuo.domain.source import HOUR_MS, Health, Source
from fenghuo.domain.watch import Watch
from fenghuo.i18n import say


def make(house: House, name: str) -> int:
    data = {"name": name, "csrf": house.csrf(house.owner)}
    return int(house.client(house.owner).post("/workspaces", data=data).status_code)


def test_a_new_workspace_belongs_to_whoever_made_it_and_starts_empty(house: House) -> None:
    assert make(house, "Lumora 客户") == 303
    text = house.client(house.owner).get("/workspaces").text
    assert "Lumora 客户" in text
    assert "Veyra" in text
    session = house.app.access.session(house.owner)
    assert session is not None
    made = next(m for m in session.members if m.workspace.name == "Lumora 客户")
    assert house.app.listen.watches(made.workspace.id) == []
    assert made.roles == ("owner",)


def test_one_goes_to_a_brand_of_another_workspace_of_ones_own(house: House) -> None:
    make(house, "Lumora")
    session = house.app.access.session(house.owner)
    assert session is not None
    other = next(m.workspace.id for m in session.members if m.workspace.name == "Lumora")
    watch = house.app.listen.watch(other, Watch("Lumora", "lumora")).id
    data = {"workspace": other, "watch": watch, "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.headers["location"] == f"/?watch={watch}"
    assert other in answer.headers["set-cookie"]


def test_the_way_to_a_brand_leads_nowhere_else(house: House) -> None:
    data = {"workspace": house.workspace, "watch": "//evil.example",
            "csrf": house.csrf(house.owner)}  # fmt: skip
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.headers["location"] == "/"


def test_nobody_goes_to_a_workspace_where_they_do_not_belong(house: House) -> None:
    data = {"workspace": "x", "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_a_form_of_a_page_that_was_left_open_does_nothing_in_another_workspace(
    house: House,
) -> None:
    make(house, "Lumora")
    session = house.app.access.session(house.owner)
    assert session is not None
    other = next(m.workspace.id for m in session.members if m.workspace.name == "Lumora")
    left_open = {"csrf": house.csrf(house.owner), "title": "t", "scopes": "read"}
    client = house.client(house.owner, fenghuo_workspace=other)
    assert client.post("/settings/token", data=left_open).status_code == 403
    own = left_open | {"csrf": session.word(other)}
    assert client.post("/settings/token", data=own).status_code == 200


def test_a_name_is_needed_and_only_owners_make_workspaces(house: House) -> None:
    assert make(house, " ") == 422
    viewer = house.member("viewer")
    data = {"name": "x", "csrf": house.csrf(viewer)}
    assert house.client(viewer).post("/workspaces", data=data).status_code == 403


def test_the_brands_of_strangers_are_not_shown(house: House) -> None:
    house.app.listen.watch("another", Watch("Secret brand", "secret"))
    assert "Secret brand" not in house.client(house.owner).get("/workspaces").text


FAILS = UserMove("sources.address_forbidden", host="press.example")
LATER = datetime(2026, 6, 1, tzinfo=UTC)
BUSY = TimeMove("sources.wait", retry_at=LATER, host="press.example", minutes=5)
NONE = "no source is switched on"
FAILING = "no source can be reached"
QUIET = "no source brings anything"
UNSEEN = "level-unknown"


def elsewhere(house: House) -> str:
    """A second workspace of the owner, with a brand that nobody has spoken of."""
    make(house, "Lumora")
    session = house.app.access.session(house.owner)
    assert session is not None
    other = next(m.workspace.id for m in session.members if m.workspace.name == "Lumora")
    house.app.listen.watch(other, Watch("Lumora", "lumora"))
    return other


def add(house: House, place: str, name: str, health: Health | None = None) -> Source:
    source = Source(name, place, "feeds", name, {"url": "https://press.example/rss"})
    house.app.sources.save(source)
    if health:
        with house.app.store.transaction() as tx:
            tx.sources.save_health(name, health)
    return source


def silent(house: House) -> Health:
    """Of a source that brought a post an hour, and none for two days."""
    now = millis(house.app.clock.now(house.workspace))
    return Health(now, now - 48 * HOUR_MS, 100, float(HOUR_MS))


def read_once(house: House) -> Health:
    """Of a source that was read a moment ago."""
    return Health(millis(house.app.clock.now(house.workspace)))


def seen(house: House, place: str) -> tuple[str, str]:
    """Its box on the page of all workspaces, and its own Situation."""
    client = house.client(house.owner, fenghuo_language="en", fenghuo_workspace=place)
    _, *boxes = client.get("/workspaces").text.split('<section class="box">')
    [box] = [box for box in boxes if f'value="{place}"' in box]
    return unescape(box), unescape(client.get("/").text)


def test_a_brand_without_a_source_is_not_called_calm(house: House) -> None:
    box, situation = seen(house, elsewhere(house))
    assert NONE in box
    assert UNSEEN in box
    assert UNSEEN in situation
    assert "Nobody listens here." in situation


def test_without_a_source_what_is_sent_in_speaks_for_a_day(house: House) -> None:
    place = elsewhere(house)
    now = house.app.clock.now(place)
    said = Post(platform="x", id="1", time=now, text="lumora shines")
    house.app.listen.accept(place, [said])
    box, situation = seen(house, place)
    assert NONE in box
    assert UNSEEN not in box + situation


@pytest.mark.parametrize(
    ("states", "told"),
    [("f", FAILING), ("ff", FAILING), ("q", QUIET), ("fq", QUIET), ("p", NONE), ("fp", FAILING)],
)
def test_a_brand_whose_sources_are_all_deaf_says_so_beside_its_level(
    house: House, states: str, told: str
) -> None:
    place = elsewhere(house)
    for n, state in enumerate(states):
        source = add(house, place, f"s{n}", silent(house) if state == "q" else None)
        if state == "f":
            house.app.sources.failed(source, FAILS)
        if state == "p":
            house.app.sources.save(replace(source, active=False))
    box, situation = seen(house, place)
    assert told in box
    assert UNSEEN in box
    assert UNSEEN in situation


@pytest.mark.parametrize("states", ["w", "wf", "wq", "t", "tf"])
def test_one_source_that_hears_or_only_waits_for_its_time_is_enough(
    house: House, states: str
) -> None:
    place = elsewhere(house)
    for n, state in enumerate(states):
        health = {"q": silent(house), "w": read_once(house)}.get(state)
        source = add(house, place, f"s{n}", health)
        if state in "ft":
            house.app.sources.failed(source, FAILS if state == "f" else BUSY)
    box, situation = seen(house, place)
    assert UNSEEN not in box + situation
    assert "source" not in box


def test_of_calm_workspaces_the_deaf_one_comes_first(house: House) -> None:
    add(house, house.workspace, "well", read_once(house))
    place = elsewhere(house)
    _, text = house.client(house.owner).get("/workspaces").text.split("<main", 1)
    assert text.index(f'value="{place}"') < text.index(f'value="{house.workspace}"')


def test_sources_that_were_just_added_are_not_called_well_before_they_were_read(
    house: House,
) -> None:
    place = elsewhere(house)
    add(house, place, "s")
    box, situation = seen(house, place)
    assert say("face.ears_begun", "en") in box
    assert UNSEEN in box
    assert say("web.deaf_begun", "en") in situation
    with house.app.store.transaction() as tx:
        tx.sources.save_health("s", read_once(house))
    box, situation = seen(house, place)
    assert UNSEEN not in box + situation
