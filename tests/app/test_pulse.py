"""Signs of life: who stands still is known, who has just been started is given time."""

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.app import pulse
from fenghuo.app.pulse import PARTS, STILL_MS, Pulse
from fenghuo.ports.beat_store import Part
from fenghuo.storage import Database

START = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)


class Time:
    """A clock that a test moves, real time and the machine's own alike."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gone = timedelta()
        monkeypatch.setattr(pulse, "monotonic", lambda: self.gone.total_seconds())

    def __call__(self) -> datetime:
        return START + self.gone


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def all_beat(watched: Pulse, *but: str) -> None:
    parts: tuple[Part, ...] = ("engine", "telling", "readers")
    for part in parts:
        if part not in but:
            watched.beat(part)


def test_parts_that_beat_are_well_and_one_that_stops_is_known_by_when_it_last_worked(
    database: Database, time: Time
) -> None:
    watched = Pulse(database, time)
    all_beat(watched)
    last = int(time().timestamp() * 1000)
    for _ in range(5):
        time.gone += timedelta(minutes=1)
        all_beat(watched, "engine")
    assert watched.life().still == {"engine": last}
    all_beat(watched)
    assert watched.life().still == {}


def test_what_was_never_started_stands_still_once_we_run_for_two_minutes(
    database: Database, time: Time
) -> None:
    watched = Pulse(database, time)
    assert watched.life().still == {}
    time.gone += timedelta(milliseconds=STILL_MS + 1)
    assert watched.life().still == dict.fromkeys(PARTS, 0)


def test_what_fails_in_a_part_is_known_until_it_works_again(database: Database, time: Time) -> None:
    watched = Pulse(database, time)
    assert watched.beat("engine", {"watch w1"}) == 0
    watched.beat("telling", {"calls of w2/a1"})
    assert watched.life().failing == {"watch w1", "calls of w2/a1"}
    watched.beat("engine")
    assert watched.life().failing == {"calls of w2/a1"}


def test_after_a_restart_old_beats_are_no_sign_of_death_but_for_who_has_no_patience(
    database: Database, time: Time
) -> None:
    all_beat(Pulse(database, time))
    time.gone += timedelta(days=1)
    restarted = Pulse(database, time)
    assert restarted.life().still == {}
    assert set(restarted.life(patient=False).still) == set(PARTS)
    time.gone += timedelta(milliseconds=STILL_MS + 1)
    assert set(restarted.life().still) == set(PARTS)
