"""The warning room's face: advances logs, shows what is open, takes people's word on alerts."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from fenghuo.domain.errors import Missing
from fenghuo.domain.fact import Fact
from fenghuo.domain.post import millis
from fenghuo.listen import EVERYDAY, Listen, Middles, Story
from fenghuo.ports.attempt import Attempt, at_once
from fenghuo.ports.clock import Clock
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Store, Transaction
from fenghuo.ports.warn_store import Remembered
from fenghuo.warn.advance import advance
from fenghuo.warn.alerts import Around, written
from fenghuo.warn.state import (
    Open,
    State,
    from_bytes,
    is_tick_due,
    still_open,
    to_bytes,
    what_is_open,
)

ROWS = 2_000
"""Rows of one log in one transaction. More: a watch in a flood keeps the others waiting."""


class Warn:
    """Runs `advance` over the logs and keeps its facts."""

    def __init__(self, store: Store, clock: Clock, listen: Listen) -> None:
        """`listen` is the face of the room to the left: logs are read and written through it."""
        self._store = store
        self._clock = clock
        self._listen = listen

    def advance_some(self, attempt: Attempt = at_once) -> int:
        """One stretch of every log that is ahead; answers how many rows were gone through."""
        with self._store.reading() as tx:
            lagging = tx.warn.lagging()
        return sum(attempt(f"watch {watch}", partial(self._advance, watch)) for watch in lagging)

    def tick_some(self, attempt: Attempt = at_once) -> int:
        """Let silence move time where it is due; answers how many logs got a row."""
        places: dict[str, list[StoredWatch]] = {}
        with self._store.reading() as tx:
            # Where rows wait, time will move anyway, or cannot.
            behind = set(tx.warn.lagging())
        for watch in self._listen.watches():
            if watch.id not in behind:
                places.setdefault(watch.workspace, []).append(watch)
        return sum(
            attempt(f"ticks of {place}", partial(self._tick, place, watches))
            for place, watches in places.items()
        )

    def state(self, watch: str) -> State:
        """The memory of a watch as it stands."""
        with self._store.reading() as tx:
            return from_bytes(tx.warn.remembered(watch).state)

    def heads(self, workspace: str) -> dict[str, int]:
        """The number of the last fact of each watch of a workspace that has any."""
        with self._store.reading() as tx:
            return tx.warn.fact_heads(workspace)

    def facts(self, watch: str, after: int = 0) -> list[Fact]:
        """Facts of a watch after a number."""
        with self._store.reading() as tx:
            return tx.warn.facts(watch, after)

    def alerts(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last word on each alert of a watch, newest first; open ones as they are now."""
        with self._store.reading() as tx:
            found = what_is_open(tx.warn.remembered(watch).state)
            return [_as_now(fact, found) for fact in tx.warn.latest_alerts(watch, limit)]

    def open_alerts(self, workspace: str) -> dict[str, list[Fact]]:
        """Each open alert of a workspace as it is now, by watch, newest alert first.

        What is open stands in the memories, so that the past is not read, however long it is.
        """
        with self._store.reading() as tx:
            memories = tx.warn.memories(workspace)
            seen = {watch: what_is_open(body) for watch, body in memories.items()}
            named = [(watch, a.id) for watch, now in seen.items() for a in now.alerts]
            last = tx.warn.last_of_alerts(named)
        found: dict[str, list[Fact]] = {}
        for watch, alert in reversed(named):
            found.setdefault(watch, []).append(_as_now(last[watch, alert], seen[watch]))
        return found

    def alert(self, watch: str, alert: str) -> list[Fact]:
        """All that happened to one alert; Missing when there is none of this id."""
        with self._store.reading() as tx:
            found = tx.warn.alert_facts(watch, alert)
        if not found:
            raise Missing("warn.no_alert", alert=alert)
        return found

    def alert_now(self, watch: str, alert: str) -> Fact:
        """The last word on an alert; while it is open with all that it rests on now.

        Missing when there is none of this id.
        """
        last = self.alert(watch, alert)[-1]
        with self._store.reading() as tx:
            return _as_now(last, what_is_open(tx.warn.remembered(watch).state))

    def stories(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last word on each story of a watch, newest first."""
        with self._store.reading() as tx:
            return tx.warn.latest_stories(watch, limit)

    def biggest_stories(self, watch: str, limit: int, since: int = 0) -> list[Fact]:
        """Open stories of a watch that somebody added to since, as they are now.

        What tells of harm comes before everyday talk, and then the biggest first.
        """
        with self._store.reading() as tx:
            state = from_bytes(tx.warn.remembered(watch).state)
            told = [s for s in reversed(state.stories) if s.told and s.last >= since]
            told.sort(key=lambda story: (story.kind == EVERYDAY, -story.mentions))
            last = tx.warn.last_of_stories([(watch, story.id) for story in told[:limit]])
        return [_now(last[watch, story.id], story) for story in told[:limit]]

    def story(self, watch: str, story: str) -> Fact | None:
        """One story, as it is now while it is open; None: it has too few posts to be told of."""
        with self._store.reading() as tx:
            stories = from_bytes(tx.warn.remembered(watch).state).stories
            last = tx.warn.last_of_stories([(watch, story)]).get((watch, story))
        found = next((one for one in stories if one.id == story), None)
        return _now(last, found) if last and found else last

    def mentions_of(self, watch: str, story: str) -> Sequence[str]:
        """Mention ids of a story."""
        with self._store.reading() as tx:
            return tx.warn.mentions_of(watch, story)

    def evidence(self, workspace: str) -> set[str]:
        """The mentions that open alerts of a workspace show."""
        with self._store.reading() as tx:
            memories = tx.warn.memories(workspace)
        alerts = (alert for body in memories.values() for alert in still_open(body))
        return {mention for alert in alerts for mention in alert.examples}

    @staticmethod
    def middles(tx: Transaction, watch: str) -> Middles:
        """The open stories of a watch as its engine knows them, which is held off meanwhile."""
        memory = tx.warn.remembered(watch, to_change=True)
        stories = from_bytes(memory.state).stories
        return Middles(memory.position, {s.id: (s.centroid, s.weight) for s in stories})

    def _tick(self, workspace: str, watches: Sequence[StoredWatch]) -> int:
        now = millis(self._clock.now(workspace))
        with self._store.reading() as tx:
            memories = tx.warn.memories(workspace)
        due = [
            watch.id
            for watch in watches
            if is_tick_due(memories.get(watch.id, b""), now, listening=watch.active)
        ]
        self._listen.tick(workspace, due)
        return len(due)

    def _advance(self, watch: str) -> int:
        with self._store.transaction() as tx:
            memory = tx.warn.remembered(watch, to_change=True)
            rows = self._listen.rows(tx, watch, memory.position, ROWS)
            if not rows:
                return 0
            step = advance(from_bytes(memory.state), [row for _, row in rows])
            tx.warn.add_facts(watch, step.facts)
            tx.warn.join(watch, step.joined)
            tx.warn.remember(watch, Remembered(rows[-1][0], to_bytes(step.state)))
        return len(rows)


def _as_now(last: Fact, found: Open) -> Fact:
    """The last fact of an alert; of an open one with what has come since."""
    alert = next((a for a in found.alerts if a.id == last.alert), None)
    # A level that fell was told with what it had rested on; nothing supports it any more.
    if alert is None or not alert.findings:
        return last
    return written(last, alert, Around(found.began, found.events))


def _now(last: Fact, story: Story) -> Fact:
    """The last fact of an open story with what has changed since."""
    return replace(
        last, at=story.last, type=story.kind, mentions=story.mentions,
        examples=tuple(story.examples),
    )  # fmt: skip
