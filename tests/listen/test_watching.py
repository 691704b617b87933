"""Watches: found one by one, changed by two people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest
from fakes.room import Still
from msgspec.structs import replace
from sqlalchemy import insert

from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.watch import Competitor, KnownEvent, Watch
from fenghuo.listen import Listen, watch_faults
from fenghuo.ports.understands import Understands
from fenghuo.storage import Database
from fenghuo.storage.schema import watches

CHANGED = Watch("Veyra", "veyra OR 维拉")


def nobody() -> Understands:
    raise AssertionError("nothing is to be understood here")


@pytest.fixture
def listen(database: Database) -> Listen:
    return Listen(database, Still(), nobody)


def test_a_watch_is_found_and_changed_without_reading_those_of_others(
    listen: Listen, database: Database
) -> None:
    made = listen.watch("w", Watch("Veyra", "veyra"))
    spoiled = {"id": "z", "workspace": "z", "active": True, "rival_of": "", "body": b"\xc1"}
    with database.transaction() as tx:
        tx.listen.connection.execute(insert(watches).values(spoiled))
        assert listen.watch_in(tx, made.id) == made
    assert listen.one_watch("w", made.id) == made
    listen.pause("w", made.id, active=False)
    assert not listen.one_watch("w", made.id).active


def test_neither_another_workspaces_watch_nor_a_competitors_is_found(listen: Listen) -> None:
    rivals = (Competitor("Lumora", "lumora"),)
    made = listen.watch("w", Watch("Veyra", "veyra", competitors=rivals))
    (rival,) = listen.rivals("w")
    for workspace, watch in (("other", made.id), ("w", rival.id), ("w", "nothing")):
        with pytest.raises(Missing):
            listen.one_watch(workspace, watch)
        with pytest.raises(Missing):
            listen.watch(workspace, CHANGED, watch)
        with pytest.raises(Missing):
            listen.pause(workspace, watch, active=False)


def saves(listen: Listen, watch: str) -> None:
    listen.watch("w", CHANGED, watch, who="li")


def pauses(listen: Listen, watch: str) -> None:
    listen.pause("w", watch, active=False, who="li")


@pytest.mark.parametrize("second", [saves, pauses])
def test_of_two_who_change_a_watch_at_once_neither_undoes_the_other(
    listen: Listen, database: Database, second: Callable[[Listen, str], None]
) -> None:
    name = listen.watch("w", Watch("Veyra", "veyra")).id
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            stands = tx.listen.watch(name, to_change=True)
            assert stands
            other = pool.submit(second, listen, name)
            wait([other], timeout=0.5)
            paused, changed = replace(stands, active=False), replace(stands, watch=CHANGED)
            tx.listen.save_watch(paused if second is saves else changed)
        other.result()
    now = listen.one_watch("w", name)
    assert (now.active, now.watch) == (False, CHANGED)
    with database.reading() as tx:
        facts = {change.fact for change in tx.changes.latest("w")}
    # The other one's deed is not told again as this one's.
    assert facts == {"watch_begun", "watch_changed" if second is saves else "watch_paused"}


DAY = datetime(2031, 6, 18, tzinfo=UTC)
NIGHT = DAY.replace(hour=20)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"brand": " "}, "brand"),
        ({"markets": ("de", "xx")}, "markets[1]"),
        ({"markets": ("DE",)}, "markets[0]"),
        ({"languages": ("en", "English")}, "languages[1]"),
        ({"competitors": (Competitor("", "lumora"),)}, "competitors[0].brand"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "Europe"}, "time_zone"),
        ({"quiet_hours": "99:99"}, "quiet_hours"),
        ({"quiet_hours": "22:00-"}, "quiet_hours"),
        ({"events": (KnownEvent(" ", DAY, NIGHT),)}, "events[0].name"),
        ({"events": (KnownEvent("Sale", NIGHT, DAY),)}, "events[0].to"),
        ({"events": (KnownEvent("Sale", DAY.replace(tzinfo=None), NIGHT),)}, "events[0].from"),
    ],
)
def test_a_watch_that_may_not_be_so_is_begun_by_nobody(
    listen: Listen, wrong: dict[str, object], field: str
) -> None:
    watch = replace(CHANGED, **wrong)
    assert [at for at, _ in watch_faults(watch)] == [field]
    with pytest.raises(BadInput):
        listen.watch("w", watch)
    assert listen.watches("w") == []
