"""The warning room over a real database: one watch that is stuck holds up no other."""

from datetime import datetime, timedelta

import pytest
from fakes.room import NOW, Still, Unasked
from msgspec.structs import replace

from fenghuo.domain.errors import UserMove
from fenghuo.domain.log import GRACE_MS
from fenghuo.domain.post import Post, millis
from fenghuo.domain.watch import Watch
from fenghuo.engines.apart import Apart
from fenghuo.listen import Listen
from fenghuo.ports.warn_store import Remembered
from fenghuo.storage import Database
from fenghuo.warn import Warn
from fenghuo.warn.state import OpenAlert, to_bytes


def test_a_watch_that_cannot_go_on_holds_up_no_other_and_says_so(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    listen = Listen(database, Still(), Unasked)
    watches = [listen.watch("w", Watch(name, name)).id for name in ("Veyra", "Lumora", "Aster")]
    at = NOW - timedelta(minutes=5)
    text = "Veyra, Lumora and Aster"
    listen.accept("w", [Post(platform="x", id="1", time=at, text=text)])
    stuck = sorted(watches)[0]
    with database.transaction() as tx:
        tx.warn.remember(stuck, Remembered(0, b"\xff of another version"))
    warn = Warn(database, Still(), listen)
    attempt = Apart()
    while warn.advance_some(attempt):
        pass
    assert [warn.state(watch).mentions for watch in watches if watch != stuck] == [1, 1]
    with database.reading() as tx:
        assert tx.warn.lagging() == [stuck]
    assert "state_version" in caplog.text
    with pytest.raises(UserMove, match="state_version"):
        warn.advance_some()


def rows(database: Database, watch: str) -> int:
    with database.reading() as tx:
        return tx.listen.last_position(watch)


class Passing(Still):
    """Time goes on when it is told to."""

    at = NOW

    def now(self, workspace: str) -> datetime:
        return self.at


@pytest.mark.parametrize(("alert", "ticks"), [(False, 24), (True, 24 * 60 / 3)])
def test_silence_moves_time_each_hour_and_each_minute_while_an_alert_is_open(
    database: Database, alert: bool, ticks: int
) -> None:
    clock = Passing()
    listen = Listen(database, clock, Unasked)
    watch = listen.watch("w", Watch("Veyra", "veyra")).id
    paused = listen.watch("w", Watch("Lumora", "lumora")).id
    listen.pause("w", paused, active=False)
    warn = Warn(database, clock, listen)
    while warn.advance_some():
        pass
    if alert:
        state = warn.state(watch)
        state.alerts.append(OpenAlert("a1", "orange", "product", 0, 0))
        with database.transaction() as tx:
            tx.warn.remember(watch, Remembered(rows(database, watch), to_bytes(state)))
    before = rows(database, watch), rows(database, paused)
    written = 0
    for minute in range(0, 24 * 60, 3):
        clock.at = NOW + timedelta(minutes=minute + 3)
        written += warn.tick_some()
        if alert:
            with database.transaction() as tx:
                reached = to_bytes(replace(warn.state(watch), until=millis(clock.at) - GRACE_MS))
                tx.warn.remember(watch, Remembered(rows(database, watch), reached))
        else:
            warn.advance_some()
    assert written == rows(database, watch) - before[0] == ticks
    assert rows(database, paused) == before[1]
