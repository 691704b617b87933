"""Sources that fall silent: written into a watch's log, so that they become an alert."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from fenghuo.domain.errors import Missing, OurMove
from fenghuo.domain.log import DecisionRow, Silenced
from fenghuo.domain.source import Health, Source
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen, Sources
from fenghuo.ports.reads import Batch
from fenghuo.ports.understands import Understands
from fenghuo.storage import Database
from fenghuo.warn import State, advance

FEED = Source("s1", "w", "feeds", "Trade press", {})


class Stepping:
    """FAKE clock: moved by the test."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def now(self, workspace: str) -> datetime:
        return self.at


class Room:
    """The listening room with one watch and one source."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Stepping()
        self.listen = Listen(database, self.clock, nobody)
        self.sources = Sources(database, self.clock, self.listen)
        self.watch = self.listen.watch("w", Watch("Veyra", "veyra")).id
        self.sources.save(FEED)

    def told(self) -> list[Silenced]:
        with self.database.reading() as tx:
            rows = [row for _, row in self.listen.rows(tx, self.watch, 0, 1000)]
        found = [row.decision for row in rows if isinstance(row, DecisionRow)]
        return [decision for decision in found if isinstance(decision, Silenced)]

    def levels(self) -> list[tuple[str, str]]:
        with self.database.reading() as tx:
            rows = [row for _, row in self.listen.rows(tx, self.watch, 0, 1000)]
        return [(fact.fact, fact.level) for fact in advance(State(), rows).facts]

    def health(self) -> Health:
        with self.database.reading() as tx:
            return tx.sources.health("s1")


def nobody() -> Understands:
    raise AssertionError("nothing is to be understood here")


@pytest.fixture
def room(database: Database) -> Room:
    made = Room(database)
    made.sources.failed(FEED, OurMove("sources.unreachable", host="press.example"))
    return made


def test_a_source_that_fails_for_long_is_told_once_and_taken_back_when_it_is_heard(
    room: Room,
) -> None:
    assert room.sources.look() == 0
    room.clock.at += timedelta(minutes=31)
    assert room.sources.look() == 1
    assert room.sources.look() == 0
    room.sources.bring(FEED, Batch((), "c"))
    assert room.sources.look() == 1
    assert room.told() == [
        Silenced("s1", title="Trade press"),
        Silenced("s1", heard=True, title="Trade press"),
    ]
    assert room.levels() == [("alert_opened", "yellow"), ("alert_closed", "yellow")]


def test_a_source_taken_away_takes_its_alert_with_it(room: Room) -> None:
    room.clock.at += timedelta(minutes=31)
    room.sources.look()
    room.sources.remove("w", "s1")
    assert room.levels()[-1] == ("alert_closed", "yellow")
    assert room.sources.look() == 0


def test_a_source_that_gets_another_name_while_it_is_silent_still_ends_its_alert(
    room: Room,
) -> None:
    room.clock.at += timedelta(minutes=31)
    room.sources.look()
    renamed = msgspec.structs.replace(FEED, title="Trade press (Kyoto)")
    room.sources.save(renamed)
    room.sources.bring(renamed, Batch((), "c"))
    room.sources.look()
    assert room.levels() == [("alert_opened", "yellow"), ("alert_closed", "yellow")]


def test_of_two_sources_with_one_name_both_must_be_heard_again(room: Room) -> None:
    twin = msgspec.structs.replace(FEED, id="s2")
    room.sources.save(twin)
    room.sources.failed(twin, OurMove("sources.unreachable", host="press.example"))
    room.clock.at += timedelta(minutes=31)
    assert room.sources.look() == 2
    room.sources.bring(twin, Batch((), "c"))
    room.sources.look()
    assert "alert_closed" not in [fact for fact, _ in room.levels()]
    room.sources.bring(FEED, Batch((), "c"))
    room.sources.look()
    assert room.levels()[-1] == ("alert_closed", "yellow")


def fails(room: Room) -> None:
    room.sources.failed(FEED, OurMove("sources.refused", host="press.example"))


def brings(room: Room) -> None:
    room.sources.bring(FEED, Batch((), "c"))


def looks(room: Room) -> None:
    room.sources.look()


def goes(room: Room) -> None:
    room.sources.remove("w", "s1")


@pytest.mark.parametrize(
    ("change", "told", "error"),
    [
        (fails, True, "sources.refused"),
        (brings, True, ""),
        (looks, True, "sources.unreachable"),
        (goes, False, ""),
    ],
)
def test_whoever_changes_how_a_source_is_doing_waits_for_whoever_does_so_already(
    room: Room, change: Callable[[Room], None], told: bool, error: str
) -> None:
    room.clock.at += timedelta(minutes=31)
    with ThreadPoolExecutor(1) as pool:
        with room.database.transaction() as tx:
            before = tx.sources.health("s1", to_change=True)
            other = pool.submit(change, room)
            wait([other], timeout=0.5)
            tx.sources.save_health("s1", msgspec.structs.replace(before, told=room.watch))
        other.result()
    assert bool(room.health().told) == told
    assert room.told() == ([] if told else [Silenced("s1", heard=True, title="Trade press")])
    assert room.health().error == error


def test_without_a_watch_nobody_can_be_told_and_nothing_breaks(room: Room) -> None:
    room.listen.pause("w", room.watch, active=False)
    room.clock.at += timedelta(minutes=31)
    assert room.sources.look() == 0


def renames(room: Room) -> None:
    room.sources.change("w", "s1", lambda now: msgspec.structs.replace(now, title="Press"))


def pauses(room: Room) -> None:
    room.sources.pause("w", "s1", active=False)


@pytest.mark.parametrize("second", [renames, pauses])
def test_of_two_who_change_a_source_at_once_neither_undoes_the_other(
    room: Room, second: Callable[[Room], None]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with room.database.transaction() as tx:
            stands = tx.sources.one("s1", to_change=True)
            assert stands
            other = pool.submit(second, room)
            wait([other], timeout=0.5)
            change = {"active": False} if second is renames else {"title": "Press"}
            tx.sources.save(msgspec.structs.replace(stands, **change))
        other.result()
    now = room.sources.one("w", "s1")
    assert (now.active, now.title) == (False, "Press")


@pytest.mark.parametrize("second", [renames, pauses, goes])
def test_what_was_removed_at_the_same_moment_is_not_brought_back(
    room: Room, second: Callable[[Room], None]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with room.database.transaction() as tx:
            tx.sources.one("s1", to_change=True)
            other = pool.submit(second, room)
            wait([other], timeout=0.5)
            tx.sources.remove("s1")
        with pytest.raises(Missing):
            other.result()
    assert room.sources.overview("w") == []
