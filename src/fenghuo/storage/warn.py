"""The warning room's repository: memories of watches, facts, stories."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Column, column, func, literal_column, select, values
from sqlalchemy.sql.elements import ColumnElement

from fenghuo.domain.fact import Fact
from fenghuo.ports.warn_store import Remembered
from fenghuo.storage.mentions import CHUNK
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, facts, joins, log, states, watches
from fenghuo.storage.streams import Entry, Streams

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Fact)

# Said beside every name that is looked for: without it neither database takes the partial index.
_of_alert = facts.c.alert != literal_column("''")
_of_story = facts.c.story != literal_column("''")
_about_story = _of_story & facts.c.fact.startswith("story_", autoescape=True)

Names = Sequence[tuple[str, str]]


def stream_of(watch: str) -> str:
    """The name of a watch's stream of facts."""
    return "watch:" + watch


class Warn(Repository):
    """The warning room's part of one transaction."""

    def lagging(self) -> list[str]:
        """Watches of our own whose log is ahead of their memory, by id."""
        # A look at the end of each log: no scan, and no second place that says where it ends.
        end = select(func.max(log.c.position)).where(log.c.watch == watches.c.id).scalar_subquery()
        found = (
            select(watches.c.id)
            .outerjoin(states, states.c.watch == watches.c.id)
            .where(watches.c.rival_of == "", end > func.coalesce(states.c.position, 0))
            .order_by(watches.c.id)
        )
        return list(self.connection.scalars(found))

    def remembered(self, watch: str, *, to_change: bool = False) -> Remembered:
        """The memory of a watch; `to_change` keeps other engines off it until the end."""
        if to_change:
            self.lock("state " + watch)
        found = select(states.c.position, states.c.body).where(states.c.watch == watch)
        row = self.connection.execute(found).first()
        return Remembered(row.position, row.body) if row else Remembered()

    def memories(self, workspace: str) -> dict[str, bytes]:
        """The memory of each watch of a workspace that has any, as bytes."""
        found = (
            select(states.c.watch, states.c.body)
            .join(watches, watches.c.id == states.c.watch)
            .where(watches.c.workspace == workspace)
        )
        return dict(self.connection.execute(found).all())

    def remember(self, watch: str, memory: Remembered) -> None:
        """Keep the memory."""
        row = {"watch": watch, "position": memory.position, "body": memory.state}
        self.connection.execute(self.put(states), row)

    def add_facts(self, watch: str, facts: Sequence[Fact]) -> None:
        """Append facts; one written twice changes nothing. OurMove when it would differ."""
        Streams(self.connection).append(stream_of(watch), [_entry(fact) for fact in facts])

    def facts(self, watch: str, after: int = 0, limit: int = 1000) -> list[Fact]:
        """Facts of a watch by number, after a number."""
        return self._facts(watch, facts.c.seq > after, limit)

    def fact_heads(self, workspace: str | None = None) -> dict[str, int]:
        """The number of the last fact of each watch that has any: who reads on knows where."""
        last = (
            select(func.max(facts.c.seq))
            .where(facts.c.stream == "watch:" + watches.c.id)
            .scalar_subquery()
        )
        found = select(watches.c.id, last).where(last.is_not(None))
        if workspace is not None:
            found = found.where(watches.c.workspace == workspace)
        return dict(self.connection.execute(found).all())

    def alert_facts(self, watch: str, alert: str) -> list[Fact]:
        """Everything that happened to one alert, oldest first."""
        return self._facts(watch, (facts.c.alert == alert) & _of_alert)

    def latest_alerts(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last fact of each alert, newest alert first."""
        return self._latest(watch, facts.c.alert, _of_alert, limit)

    def last_of_alerts(self, named: Names) -> dict[tuple[str, str], Fact]:
        """The last fact of each of these (watch, alert), however long ago others were."""
        return self._last(named, facts.c.alert, _of_alert)

    def last_of_stories(self, named: Names) -> dict[tuple[str, str], Fact]:
        """The last fact about each of these (watch, story) itself."""
        return self._last(named, facts.c.story, _about_story)

    def latest_stories(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last fact of each story, newest first."""
        return self._latest(watch, facts.c.story, _about_story, limit)

    def join(self, watch: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Mentions and the stories that they joined; the last word holds."""
        rows = {mention: {"mention": mention, "watch": watch, "story": s} for mention, s in pairs}
        if rows:
            self.connection.execute(self.put(joins), list(rows.values()))

    def mentions_of(self, watch: str, story: str, limit: int = 200) -> list[str]:
        """Mention ids of a story, oldest first."""
        found = (
            select(joins.c.mention)
            .where(joins.c.watch == watch, joins.c.story == story)
            .order_by(joins.c.mention)
            .limit(limit)
        )
        return list(self.connection.scalars(found))

    def _facts(
        self, watch: str, condition: ColumnElement[bool], limit: int | None = None
    ) -> list[Fact]:
        found = (
            select(facts.c.body)
            .where(facts.c.stream == stream_of(watch), condition)
            .order_by(facts.c.seq)
            .limit(limit)
        )
        return [_decoder.decode(body) for body in self.connection.scalars(found)]

    def _last(
        self, named: Names, key: Column[str], condition: ColumnElement[bool]
    ) -> dict[tuple[str, str], Fact]:
        """One step into the index for each name: others' facts are not read."""
        found: dict[tuple[str, str], Fact] = {}
        for begin in range(0, len(named), CHUNK):
            some = named[begin : begin + CHUNK]
            asked = [(watch, name, stream_of(watch)) for watch, name in some]
            wanted = values(
                column("watch", KEY), column("name", KEY), column("stream", KEY), name="wanted"
            ).data(asked).cte()  # fmt: skip
            last = (
                select(facts.c.body)
                .where(facts.c.stream == wanted.c.stream, key == wanted.c.name, condition)
                .order_by(facts.c.seq.desc())
                .limit(1)
                .correlate(wanted)
                .scalar_subquery()
            )
            rows = self.connection.execute(select(wanted.c.watch, wanted.c.name, last))
            found |= {(watch, name): _decoder.decode(body) for watch, name, body in rows if body}
        return found

    def _latest(
        self, watch: str, key: Column[str], condition: ColumnElement[bool], limit: int
    ) -> list[Fact]:
        stream = stream_of(watch)
        of_each = (
            select(func.min(facts.c.seq).label("first"), func.max(facts.c.seq).label("last"))
            .where(facts.c.stream == stream, condition)
            .group_by(key)
            .order_by(func.min(facts.c.seq).desc())
            .limit(limit)
            .subquery()
        )
        found = (
            select(facts.c.body)
            .join(of_each, facts.c.seq == of_each.c.last)
            .where(facts.c.stream == stream)
            .order_by(of_each.c.first.desc())
        )
        return [_decoder.decode(body) for body in self.connection.scalars(found)]


def _entry(fact: Fact) -> Entry:
    body = _encoder.encode(fact)
    return Entry(fact.seq, fact.at, fact.fact, body, fact.alert, fact.story, fact.level)
