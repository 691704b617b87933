"""Which mentions a search finds, newest first: out of an index alone, whatever it passes by."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Tuple, false, func, select, tuple_

from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.narrow import Narrow
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import joins, watches
from fenghuo.storage.schema import mentions as table
from fenghuo.storage.words import Words

RARE = 2_000
"""Mentions with certain words that are fetched and sorted whole. More: a rare word's page comes
slowly. Fewer: to find it, more of the newest mentions are walked through in vain."""
STRETCH = 200
"""The newest mentions among which other words are looked for first; then among four times as many,
and so on. More: a quiet watch pays for what was heard between. Fewer: more statements."""

Conditions = Sequence[ColumnElement[bool]]


class Filters(Repository):
    """Finding which mentions, in one transaction."""

    def newest(self, search: MentionSearch) -> list[str]:
        """The ids of a page."""
        asked, narrow = _page(search, table), search.narrow
        if narrow is None:
            return self._ids(table, asked, search.limit)
        words = Words(self.connection)
        if self.postgres:
            return self._ids(table, [*asked, words.having(narrow)], search.limit)
        if not words.rare(narrow, RARE):
            return self._walk(asked, narrow, search.limit)
        # Materialized, since SQLite would walk through the workspace for it instead.
        held = select(table).where(words.having(narrow)).cte("held").prefix_with("MATERIALIZED")
        return self._ids(held, _page(search, held), search.limit)

    def conditions(self, search: MentionSearch) -> list[ColumnElement[bool]]:
        """What mentions must fulfil; where a page begins and how much it holds is left out."""
        asked = _asked(search, table)
        if search.narrow is not None:
            asked.append(Words(self.connection).having(search.narrow))
        return asked

    def _ids(self, among: FromClause, asked: Conditions, limit: int) -> list[str]:
        found = select(among.c.id).where(*asked).order_by(*_newest(among)).limit(limit)
        return list(self.connection.scalars(found))

    def _walk(self, asked: Conditions, narrow: Narrow, limit: int) -> list[str]:
        """Words that many mentions hold, looked for among the newest first.

        SQLite lists all that hold them before it begins, so it is asked for a few numbers at a
        time: numbers go up with the receipt, and so nearly as the times do.
        """
        found: list[str] = []
        size, left = STRETCH, asked
        while True:
            walked = select(table.c.number, table.c.at, table.c.id).where(*left)
            walked = walked.order_by(*_newest(table))
            some = walked.limit(size).subquery()
            ends = select(func.min(some.c.number), func.max(some.c.number), func.count())
            first, last, seen = self.connection.execute(ends.select_from(some)).one()
            if not seen:
                return found
            _, at, name = self.connection.execute(walked.offset(seen - 1).limit(1)).one()
            here = Words(self.connection).having(narrow, (first, last))
            until = _place(table) >= tuple_(at, name)
            found += self._ids(table, [*left, until, here], limit - len(found))
            if len(found) == limit or seen < size:
                return found
            size, left = size * 4, [*asked, _place(table) < tuple_(at, name)]


def _place(among: FromClause) -> Tuple:
    return tuple_(among.c.at, among.c.id)


def _newest(among: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return among.c.at.desc(), among.c.id.desc()


def _page(search: MentionSearch, among: FromClause) -> list[ColumnElement[bool]]:
    asked = _asked(search, among)
    if search.before is not None:
        asked.append(_place(among) < tuple_(*search.before))
    if search.down_to is not None:
        asked.append(_place(among) >= tuple_(*search.down_to))
    return asked


def _asked(search: MentionSearch, among: FromClause) -> list[ColumnElement[bool]]:
    """A filter that is empty asks nothing. What costs a look elsewhere is asked last."""
    asked = [among.c.workspace == search.workspace]
    if search.watch:
        asked.append(among.c.watch == search.watch)
    if search.since:
        asked.append(among.c.at >= search.since)
    if search.until:
        asked.append(among.c.at < search.until)
    if not search.with_excluded:
        asked.append(among.c.excluded == false())
    asked += _labels(search, among)
    if not search.watch:
        theirs = (watches.c.workspace == search.workspace, watches.c.rival_of != "")
        asked.append(among.c.watch.not_in(select(watches.c.id).where(*theirs)))
    if search.story:
        members = select(joins.c.mention).where(joins.c.story == search.story)
        if search.watch:
            members = members.where(joins.c.watch == search.watch)
        asked.append(among.c.id.in_(members))
    return asked


def _labels(search: MentionSearch, among: FromClause) -> list[ColumnElement[bool]]:
    wanted = (
        (among.c.platform, search.platform),
        (among.c.country, search.country),
        (among.c.kind, search.kind),
        (among.c.lang, search.lang),
        (among.c.sentiment, search.sentiment),
        (among.c.crisis_type, search.crisis_type),
    )
    asked: list[ColumnElement[bool]] = [column == value for column, value in wanted if value]
    if search.grave:
        asked.append(among.c.grave)
    return asked
