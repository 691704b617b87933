"""The newest mentions as they stand in a row; every query ends after so many of them."""

from sqlalchemy import ColumnElement, exists, select, tuple_

from fenghuo.ports.lately_store import Occurring
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import mentions, posts


class Lately(Repository):
    """Reading what lies on top, in one transaction."""

    def end_of(self, search: MentionSearch, rows: int) -> tuple[int, str] | None:
        """Where so many mentions end that a search goes through; None when no more are left."""
        asked = _row_of(search.workspace, search.watch)
        if search.since:
            asked = asked & (mentions.c.at >= search.since)
        if search.until:
            asked = asked & (mentions.c.at < search.until)
        if search.before is not None:
            place = tuple_(mentions.c.at, mentions.c.id)
            asked = asked & (place < tuple_(*search.before))
        newest = select(mentions.c.at, mentions.c.id).where(asked).order_by(*_NEWEST)
        last = self.connection.execute(newest.offset(rows - 1).limit(1)).first()
        return (last.at, last.id) if last else None

    def occurring(self, workspace: str, watch: str, rows: int) -> Occurring:
        """What occurs among the newest mentions of a watch, or of the workspace."""
        told = (mentions.c.platform, mentions.c.kind, mentions.c.country, mentions.c.lang)
        newest = select(*told).where(_row_of(workspace, watch))
        top = newest.order_by(*_NEWEST).limit(rows).subquery()
        found = select(top).distinct()
        columns = zip(*self.connection.execute(found).all(), strict=True)
        return Occurring(*(tuple(sorted(filter(None, set(column)))) for column in columns))

    def knows_platform(self, workspace: str, platform: str) -> bool:
        """Whether a post of this platform was ever heard."""
        heard = exists().where(posts.c.workspace == workspace, posts.c.platform == platform)
        return bool(self.connection.scalar(select(heard)))


_NEWEST = (mentions.c.at.desc(), mentions.c.id.desc())


def _row_of(workspace: str, watch: str) -> ColumnElement[bool]:
    own = mentions.c.workspace == workspace
    return own & (mentions.c.watch == watch) if watch else own
