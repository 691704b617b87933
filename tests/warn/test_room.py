"""The warning room over a real database: one watch that is stuck holds up no other."""

from datetime import timedelta

import pytest
from fakes.room import NOW, Still, Unasked

from fenghuo.domain.errors import OurMove
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen
from fenghuo.ports.warn_store import Remembered
from fenghuo.storage import Database
from fenghuo.warn import Warn


def test_a_watch_that_cannot_go_on_holds_up_no_other_and_says_so(database: Database) -> None:
    listen = Listen(database, Still(), Unasked)
    watches = [listen.watch("w", Watch(name, name)).id for name in ("Veyra", "Lumora", "Aster")]
    at = NOW - timedelta(minutes=5)
    text = "Veyra, Lumora and Aster"
    listen.accept("w", [Post(platform="x", id="1", time=at, text=text)])
    stuck = sorted(watches)[0]
    with database.transaction() as tx:
        tx.warn.remember(stuck, Remembered(0, b"\xff of another version"))
    warn = Warn(database, Still(), listen)
    with pytest.raises(OurMove, match="state_version"):
        warn.advance_some()
    assert [warn.state(watch).mentions for watch in watches if watch != stuck] == [1, 1]
    with database.reading() as tx:
        assert tx.warn.lagging() == [stuck]
