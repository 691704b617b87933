"""The Situation page after a long life: it reads what is open and not what is past."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import Pool
from storage.rows import MINUTE, START
from web.house import House

from fenghuo.domain.fact import Fact
from fenghuo.domain.post import millis
from fenghuo.domain.watch import Watch
from fenghuo.listen import Story
from fenghuo.ports.warn_store import Remembered
from fenghuo.warn import OpenAlert, State, to_bytes

EVERY = 10
"""Steps of SQLite's machine between two counts."""


def lived(house: House, watch: str, ended: int) -> None:
    """A watch with one open alert and story, older than `ended` others that are over."""
    told = [
        Fact(1, START, "story_opened", story="s1", mentions=30),
        Fact(2, START, "alert_opened", "a1", "s1", "orange", "product", mentions=30),
    ]
    for n in range(2, ended + 2):
        at, seq = START + n * MINUTE, len(told) + 1
        told += [
            Fact(seq, at, "story_opened", story=f"s{n}", mentions=3),
            Fact(seq + 1, at, "alert_opened", f"a{n}", f"s{n}", "red", "product"),
            Fact(seq + 2, at, "alert_closed", f"a{n}", f"s{n}", "calm", "product"),
            Fact(seq + 3, at, "story_closed", story=f"s{n}", mentions=3),
        ]
    alert = OpenAlert("a1", "orange", "product", START, START, "s1")
    # Somebody still speaks of it: the page shows the stories of its span.
    now = millis(house.app.clock.now(house.workspace))
    story = Story("s1", bytes(512), START, now, mentions=31, told=30, kind="product")
    state = State(next_fact=len(told) + 1, alerts=[alert], stories=[story])
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(watch, told)
        tx.warn.remember(watch, Remembered(1, to_bytes(state)))


@contextmanager
def statements(table: str) -> Iterator[list[str]]:
    """The statements that read this table meanwhile."""
    asked: list[str] = []

    def note(_c: Connection, _cursor: object, statement: str, *_: object) -> None:
        if f"FROM {table}" in statement or f"JOIN {table}" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def sqlite_steps() -> Iterator[list[int]]:
    """How much SQLite's machine does meanwhile, in counts of EVERY steps; no clock in it."""
    steps = [0]

    def one_more() -> int:
        steps[0] += 1
        return 0

    def watched(connection: DBAPIConnection, *_: object) -> None:
        connection.set_progress_handler(one_more, EVERY)

    event.listen(Pool, "checkout", watched)
    try:
        yield steps
    finally:
        event.remove(Pool, "checkout", watched)


@pytest.mark.parametrize("path", ["/", "/alerts"])
def test_an_open_alert_is_shown_however_many_came_and_went_since(house: House, path: str) -> None:
    lived(house, house.watch, ended=150)
    text = house.client(house.owner).get(path).text
    assert f'href="/alerts/{house.watch}/a1"' in text


def test_the_open_story_is_shown_however_many_came_and_went_since(house: House) -> None:
    lived(house, house.watch, ended=150)
    client = house.client(house.owner, fenghuo_language="en")
    assert f'href="/stories/{house.watch}/s1"' in client.get("/").text
    head = client.get(f"/stories/{house.watch}/s1").text
    assert "31 posts about one thing" in head


@pytest.mark.parametrize("path", ["/", "/alerts/{watch}/a1", "/stories/{watch}/s1"])
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_two_thousand_alerts_that_are_over_are_not_read(house: House, path: str) -> None:
    client = house.client(house.owner)
    young = house.watch
    old = house.app.listen.watch(house.workspace, Watch("Lumora", "lumora")).id
    lived(house, young, ended=0)
    lived(house, old, ended=2_000)
    cost = {}
    for watch in (young, old):
        client.get(path.format(watch=watch), params={"watch": watch})
        with sqlite_steps() as steps:
            answer = client.get(path.format(watch=watch), params={"watch": watch})
        assert answer.status_code == 200
        cost[watch] = steps[0]
    assert cost[old] < 1.2 * cost[young]


def test_the_open_alerts_of_all_brands_are_asked_for_together(house: House) -> None:
    asked = []
    for brand in ("Lumora", "Norvik", "Talvo"):
        watch = house.app.listen.watch(house.workspace, Watch(brand, brand)).id
        lived(house, watch, ended=2)
        with statements("facts") as seen:
            house.app.warn.open_alerts(house.workspace)
        asked.append(len(seen))
    assert asked == [1, 1, 1]
    client = house.client(house.owner)
    with statements("facts") as seen:
        text = client.get("/").text
    few = len(seen)
    assert text.count("orange") >= 3
    for brand in ("Orla", "Pavo", "Quell"):
        lived(house, house.app.listen.watch(house.workspace, Watch(brand, brand)).id, ended=2)
    with statements("facts") as seen:
        client.get("/")
    assert len(seen) == few
