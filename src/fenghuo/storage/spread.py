"""One story read as a whole: its extent, its spread, its texts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, false, func, select, true, tuple_
from sqlalchemy.sql.selectable import FromClause

from fenghuo.ports.spread_store import Extent, Saying, Spread
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import joins, mentions

_root = case((mentions.c.copy_of == "", mentions.c.id), else_=mentions.c.copy_of)


class SpreadOf(Repository):
    """Reading one story, in one transaction."""

    def extent(self, watch: str, story: str) -> Extent | None:
        """When it began and when it was last spoken of; None without posts."""
        ends = (func.min(mentions.c.at), func.max(mentions.c.at), func.count())
        asked = select(*ends).select_from(_joined()).where(*_in(watch, story))
        row = self.connection.execute(asked).one()
        return Extent(*row) if row[2] else None

    def spread(self, watch: str, story: str, step: int) -> list[Spread]:
        """Its posts in steps of `step` milliseconds, oldest first."""
        begin = (mentions.c.at // step * step).label("begin")
        groups = (begin, mentions.c.platform, mentions.c.country, mentions.c.lang)
        copies = func.sum(case((mentions.c.copy_of == "", 0), else_=1))
        asked = select(*groups, func.count(), copies).select_from(_joined())
        found = asked.where(*_in(watch, story)).group_by(*groups).order_by(*groups)
        return [Spread(*row) for row in self.connection.execute(found)]

    def sayings(
        self, watch: str, story: str, limit: int, before: tuple[int, str] | None = None
    ) -> list[Saying]:
        """Its texts, the newest first, after the place (first, root)."""
        root = _root.label("root")
        own = func.max(case((mentions.c.id == _root, mentions.c.id), else_="")).label("own")
        first = func.min(mentions.c.at).label("first")
        asked = select(root, own, func.min(mentions.c.id).label("oldest"), first,
                       func.count().label("said"))  # fmt: skip
        all_of_it = asked.select_from(_joined()).where(*_in(watch, story))
        texts = all_of_it.group_by(root).subquery()
        found = select(texts)
        if before is not None:
            found = found.where(tuple_(texts.c.first, texts.c.root) < tuple_(*before))
        newest = found.order_by(texts.c.first.desc(), texts.c.root.desc()).limit(limit)
        rows = self.connection.execute(newest)
        return [Saying(r.root, r.own or r.oldest, r.first, r.said - 1) for r in rows]

    def repeats(self, watch: str, story: str, roots: Sequence[str]) -> dict[str, int]:
        """How often each of these texts was said again; those said once are left out."""
        asked = select(mentions.c.copy_of, func.count()).select_from(_joined())
        found = asked.where(*_in(watch, story), mentions.c.copy_of.in_(roots))
        rows = self.connection.execute(found.group_by(mentions.c.copy_of))
        return {root: said for root, said in rows}

    def again(self, watch: str, story: str, root: str, limit: int) -> list[str]:
        """The mentions of a text, newest first."""
        asked = select(mentions.c.id).select_from(_joined())
        found = asked.where(*_in(watch, story), _root == root)
        newest = found.order_by(mentions.c.at.desc(), mentions.c.id.desc()).limit(limit)
        return list(self.connection.scalars(newest))

    def taken_out(self, watch: str, story: str, limit: int) -> list[str]:
        """Its mentions that are not about us, newest first."""
        asked = select(mentions.c.id).select_from(_joined())
        found = asked.where(*_in(watch, story, excluded=True))
        return list(self.connection.scalars(found.order_by(mentions.c.at.desc()).limit(limit)))


def _joined() -> FromClause:
    return joins.join(mentions, mentions.c.id == joins.c.mention)


def _in(watch: str, story: str, *, excluded: bool = False) -> tuple[ColumnElement[bool], ...]:
    which = mentions.c.excluded == (true() if excluded else false())
    return joins.c.watch == watch, joins.c.story == story, which
