"""Finding mentions: pages, one by its id, the oldest that wait, counts over time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from fenghuo.ports.listen_store import MentionSearch, StoredMention, Volume
from fenghuo.storage.mentions import CHUNK, read_marks, read_post
from fenghuo.storage.pictures import pictures
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import awaiting, joins, posts, understandings, watches
from fenghuo.storage.schema import mentions as table
from fenghuo.storage.understandings import read_understanding
from fenghuo.storage.words import Words


def _with_meaning() -> FromClause:
    return table.join(posts, posts.c.number == table.c.post).outerjoin(
        understandings, understandings.c.mention == table.c.id
    )


_whole = select(
    table,
    posts.c.body,
    understandings.c.body.label("meaning"),
    joins.c.story,
    pictures.c.mention.label("picture"),
).select_from(
    _with_meaning()
    .outerjoin(joins, joins.c.mention == table.c.id)
    .outerjoin(pictures, pictures.c.mention == table.c.id)
)


class Search(Repository):
    """Reading mentions, in one transaction."""

    def mention(self, workspace: str, mention: str) -> StoredMention | None:
        """One mention of a workspace, or None."""
        found = _whole.where(table.c.id == mention, table.c.workspace == workspace)
        row = self.connection.execute(found).first()
        return _stored(row) if row else None

    def mentions(self, workspace: str, mentions: Sequence[str]) -> list[StoredMention]:
        """Those of these mentions that there are, in the order asked."""
        found: dict[str, StoredMention] = {}
        for begin in range(0, len(mentions), CHUNK):
            some = table.c.id.in_(mentions[begin : begin + CHUNK])
            # Asked for the workspace too, SQLite would walk through all of that instead.
            rows = self.connection.execute(_whole.where(some)).all()
            found.update({row.id: _stored(row) for row in rows if row.workspace == workspace})
        return [found[name] for name in mentions if name in found]

    def mentions_of(self, workspace: str, platform: str, native: str) -> list[StoredMention]:
        """The mentions of a post, one a watch, oldest first."""
        of_post = (
            posts.c.workspace == workspace,
            posts.c.platform == platform,
            posts.c.native == native,
        )
        found = _whole.where(*of_post).order_by(table.c.id)
        return [_stored(row) for row in self.connection.execute(found)]

    def search(self, search: MentionSearch) -> list[StoredMention]:
        """A page of mentions, newest first."""
        found = _whole.where(*self._conditions(search))
        if search.before is not None:
            found = found.where(tuple_(table.c.at, table.c.id) < tuple_(*search.before))
        if search.down_to is not None:
            found = found.where(tuple_(table.c.at, table.c.id) >= tuple_(*search.down_to))
        newest = found.order_by(table.c.at.desc(), table.c.id.desc()).limit(search.limit)
        return [_stored(row) for row in self.connection.execute(newest)]

    def volume(self, search: MentionSearch, step: int) -> list[Volume]:
        """Counts of what a search finds, in steps of `step` milliseconds, oldest first."""
        begin = (table.c.at // step * step).label("begin")
        told = func.coalesce(understandings.c.sentiment, "").label("told")
        groups = (begin, posts.c.platform, posts.c.country, told)
        counted = (
            select(*groups, func.count())
            .select_from(_with_meaning())
            .where(*self._conditions(search))
            .group_by(*groups)
            .order_by(*groups)
        )
        return [Volume(*row) for row in self.connection.execute(counted)]

    def workspaces_awaiting(self) -> list[str]:
        """Where mentions wait to be understood."""
        waiting = select(table.c.workspace).join(awaiting, awaiting.c.mention == table.c.id)
        return list(self.connection.scalars(waiting.distinct().order_by(table.c.workspace)))

    def awaiting_understanding(
        self, limit: int, after: str = "", workspace: str = ""
    ) -> list[StoredMention]:
        """Mentions without understanding that came after mention `after`, oldest first.

        Of one workspace, or of all: then `after` means little, since each has its own time.
        """
        # Ids sort by the time of receipt as their workspace lives it.
        later = select(awaiting.c.mention).where(awaiting.c.mention > after)
        if workspace:
            own = awaiting.c.mention == table.c.id
            later = later.join(table, own).where(table.c.workspace == workspace)
        oldest = later.order_by(awaiting.c.mention).limit(limit)
        found = _whole.where(table.c.id.in_(oldest)).order_by(table.c.id)
        return [_stored(row) for row in self.connection.execute(found)]

    def _conditions(self, search: MentionSearch) -> list[ColumnElement[bool]]:
        """What the rows must fulfil; a filter that is empty asks nothing."""
        asked = [table.c.workspace == search.workspace]
        asked.append(table.c.watch == search.watch if search.watch else _ours(search.workspace))
        if search.since:
            asked.append(table.c.at >= search.since)
        if search.until:
            asked.append(table.c.at < search.until)
        if search.story:
            members = select(joins.c.mention).where(joins.c.story == search.story)
            if search.watch:
                members = members.where(joins.c.watch == search.watch)
            asked.append(table.c.id.in_(members))
        if not search.with_excluded:
            asked.append(table.c.excluded == false())
        if search.narrow is not None:
            asked.append(Words(self.connection).having(search.narrow))
        return asked + _labels(search)


def _ours(workspace: str) -> ColumnElement[bool]:
    theirs = (watches.c.workspace == workspace, watches.c.rival_of != "")
    return table.c.watch.not_in(select(watches.c.id).where(*theirs))


def _labels(search: MentionSearch) -> list[ColumnElement[bool]]:
    wanted = (
        (posts.c.platform, search.platform),
        (posts.c.country, search.country),
        (posts.c.kind, search.kind),
        (understandings.c.lang, search.lang),
        (understandings.c.sentiment, search.sentiment),
        (understandings.c.crisis_type, search.crisis_type),
    )
    asked: list[ColumnElement[bool]] = [column == value for column, value in wanted if value]
    if search.grave:
        asked.append(understandings.c.grave)
    return asked


def _stored(row: Row[Any]) -> StoredMention:
    return StoredMention(
        row.id,
        row.watch,
        row.workspace,
        read_post(row.body),
        row.received,
        row.copy_of,
        row.story or "",
        row.excluded,
        read_marks(row.marks),
        read_understanding(row.meaning) if row.meaning is not None else None,
        row.picture is not None,
    )
