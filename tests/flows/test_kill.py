"""kill -9 at any moment: what was answered "accepted" is logged once, and facts are the same."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from parts import Parts

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.log import MentionRow, Row
from fenghuo.domain.people import Newcomer
from fenghuo.domain.watch import Watch
from fenghuo.warn import State, advance

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]
KILLS = 50
SEED = 20260601


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.store.close()


def rows_of(app: App, watch: str) -> list[Row]:
    with app.store.reading() as tx:
        return [row for _, row in app.listen.rows(tx, watch, 0, 10_000_000)]


def once_each(app: App, watch: str, accepted: list[str]) -> None:
    names = [r.source.mention for r in rows_of(app, watch) if isinstance(r, MentionRow)]
    place = app.listen.watches()[0].workspace
    logged = Counter(m.post.id for m in app.listen.named(place, names))
    assert [i for i in accepted if logged[i] != 1] == []
    assert max(logged.values(), default=1) == 1


def test_nothing_accepted_is_lost_or_doubled_and_facts_equal_a_plain_replay(
    app: App, database_url: str, tmp_path: Path
) -> None:
    new = Newcomer("chen@veyra.example", "Chen", "correct horse battery")
    session = app.access.session(
        app.access.create_first_owner(app.access.first_owner_secret(), new, "V")
    )
    assert session is not None
    place = session.members[0].workspace.id
    watch = app.listen.watch(place, Watch("Veyra", "veyra")).id
    token = app.access.create_token(place, "test", ["posts:write"])
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    parts, accepted, number = Parts(database_url, tmp_path), list[str](), 0
    try:
        for _ in range(KILLS):
            parts.start()
            parts.wait()
            until = time.monotonic() + rng.uniform(0.05, 1.5)
            while time.monotonic() < until:
                ids = [str(number + n) for n in range(rng.choice([1, 20, 200]))]
                number += len(ids)
                accepted.extend(parts.send(token, ids))
            for name in rng.choice([["web"], ["engine"], ["web", "engine"]]):
                parts.kill(name)
            once_each(app, watch, accepted)
    finally:
        parts.end()
    assert len(accepted) > KILLS
    while app.listen.understand_some() + app.warn.advance_some():
        continue
    once_each(app, watch, accepted)
    assert tuple(app.warn.facts(watch)) == advance(State(), rows_of(app, watch)).facts
