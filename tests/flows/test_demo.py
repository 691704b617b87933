"""The demo begins where a team begins: two quiet weeks are behind it, and the fire is near."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.log import MentionRow
from fenghuo.domain.people import Newcomer
from fenghuo.domain.post import millis

HOUR_MS = 3_600_000


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.store.close()


def read_what_has_come(app: App) -> None:
    async def read() -> None:
        [source] = app.sources.active()
        async for batch in app.reads(source).read("", app.clock.now(source.workspace)):
            app.sources.bring(source, batch)

    asyncio.run(read())


def test_the_demo_has_learnt_from_two_quiet_weeks_what_is_usual(app: App) -> None:
    new = Newcomer("chen@veyra.example", "Chen", "correct horse battery")
    app.access.create_first_owner(app.access.first_owner_secret(), new, "V")
    with app.store.reading() as tx:
        person = tx.access.by_email(new.email)
    assert person is not None
    place = app.begin_demo(person[0].id)
    [watch] = app.listen.watches(place.id)
    read_what_has_come(app)
    while app.warn.advance_some():
        continue
    now = millis(app.clock.now(place.id))
    with app.store.reading() as tx:
        rows = [row for _, row in app.listen.rows(tx, watch.id, 0, 100_000)]
    ends = [row.until for row in rows]
    late = [
        r
        for r, before in zip(rows[1:], ends, strict=False)
        if isinstance(r, MentionRow) and r.source.at < before
    ]
    assert len(rows) > 200
    assert late == []
    state = app.warn.state(watch.id)
    assert now - state.began > 14 * 24 * HOUR_MS
    assert app.usual(state, now - HOUR_MS, now) is not None
