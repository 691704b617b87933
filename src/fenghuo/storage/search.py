"""Finding mentions: pages, one by its id, the oldest that wait, counts over time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from fenghuo.ports.listen_store import MentionSearch, StoredMention, Volume
from fenghuo.storage.filters import Filters
from fenghuo.storage.mentions import CHUNK, read_marks, read_post
from fenghuo.storage.pictures import pictures
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import awaiting, joins, posts, understandings
from fenghuo.storage.schema import mentions as table
from fenghuo.storage.understandings import read_understanding

_whole = select(
    table,
    posts.c.body,
    understandings.c.body.label("meaning"),
    joins.c.story,
    pictures.c.mention.label("picture"),
).select_from(
    table.join(posts, posts.c.number == table.c.post)
    .outerjoin(understandings, understandings.c.mention == table.c.id)
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
        # First which ones, out of an index alone, then what they hold: those that a filter passes
        # by are never looked at.
        return self.mentions(search.workspace, Filters(self.connection).newest(search))

    def volume(self, search: MentionSearch, step: int) -> list[Volume]:
        """Counts of what a search finds, in steps of `step` milliseconds, oldest first."""
        begin = (table.c.at // step * step).label("begin")
        groups = (begin, table.c.platform, table.c.country, table.c.sentiment)
        counted = (
            select(*groups, func.count())
            .where(*Filters(self.connection).conditions(search))
            .group_by(*groups)
            .order_by(*groups)
        )
        return [Volume(*row) for row in self.connection.execute(counted)]

    def workspaces_awaiting(self) -> list[str]:
        """Where mentions wait to be understood."""
        # One step into the index for each, however many wait there.
        found: list[str] = []
        following = select(func.min(awaiting.c.workspace))
        last = ""
        while last := self.connection.scalar(following.where(awaiting.c.workspace > last)) or "":
            found.append(last)
        return found

    def awaiting_understanding(
        self, limit: int, after: str = "", workspace: str = ""
    ) -> list[StoredMention]:
        """Mentions without understanding that came after mention `after`, oldest first.

        Of one workspace, or of all: then `after` means little, since each has its own time.
        """
        # Ids sort by the time of receipt as their workspace lives it.
        later = select(awaiting.c.mention).where(awaiting.c.mention > after)
        if workspace:
            later = later.where(awaiting.c.workspace == workspace)
        oldest = later.order_by(awaiting.c.mention).limit(limit)
        found = _whole.where(table.c.id.in_(oldest)).order_by(table.c.id)
        return [_stored(row) for row in self.connection.execute(found)]


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
