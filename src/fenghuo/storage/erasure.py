"""Words and authors of posts taken away, wherever they are kept; mentions hidden and shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    column,
    delete,
    insert,
    select,
    table,
    text,
    update,
)

from fenghuo.domain.chain import digest
from fenghuo.domain.erased import REMOVED, erased_name
from fenghuo.domain.post import Post
from fenghuo.ports.erasure_store import Fits, Touched
from fenghuo.storage.log_rows import LogRows
from fenghuo.storage.mentions import CHUNK, read_marks, read_post, write_marks
from fenghuo.storage.pictures import Pictures
from fenghuo.storage.schema import (
    WORDS,
    awaiting,
    joins,
    mentions,
    posts,
    samples,
    understandings,
    watches,
)
from fenghuo.storage.translations import Translations
from fenghuo.storage.understandings import Understandings, read_understanding
from fenghuo.storage.words import Words

STRETCH = 500
"""Pages of the index that are written in one go of `tidy`. More: intake waits for it."""
NOTHING = digest(b"")

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Post)


class Erasure(LogRows):
    """Taking away, in one transaction."""

    def posts(self, workspace: str, fits: Fits, platform: str = "") -> Mapping[int, Post]:
        """The posts of a workspace (of one platform) that fit, by number."""
        found = select(posts.c.number, posts.c.body).where(posts.c.workspace == workspace)
        if platform:
            found = found.where(posts.c.platform == platform)
        rows = self.connection.execute(found, execution_options={"yield_per": CHUNK})
        read = ((row.number, read_post(row.body)) for row in rows)
        return {number: post for number, post in read if fits(post)}

    def touched(self, workspace: str, numbers: Sequence[int]) -> list[Touched]:
        """The mentions of posts, oldest first."""
        found: list[Touched] = []
        for some in _chunks(numbers):
            rows = self.connection.execute(_touched(workspace).where(mentions.c.post.in_(some)))
            found.extend(map(_read, rows))
        return sorted(found, key=lambda touched: touched.id)

    def mention(self, workspace: str, mention: str) -> Touched | None:
        """One mention, or None."""
        found = _touched(workspace).where(mentions.c.id == mention)
        row = self.connection.execute(found).first()
        return _read(row) if row else None

    def hold(self, watches: Iterable[str]) -> None:
        """Keep engines and writers off these watches until the transaction ends.

        Engines first, as they themselves take it, so that nobody waits in a ring.
        """
        held = sorted(set(watches))
        for kind in ("state ", "log "):
            for watch in held:
                self.lock(kind + watch)

    def forget(self, workspace: str, numbers: Sequence[int], mark: str) -> None:
        """Take words, author, links, picture, quotes and translations of posts away.

        1. the post keeps what counting needs, 2. its mentions are marked, 3. the full-text index
        forgets them, 4. understandings lose the words they quote, 5. nobody will read it any more
        to understand it, 6. pictures and translations of it are removed.
        """
        for some in _chunks(numbers):
            self._bare(workspace, some, mark)
            gone = self.touched(workspace, some)
            ids = [touched.id for touched in gone]
            self._mark(gone, mark)
            own = select(mentions.c.number).where(mentions.c.post.in_(some))
            Words(self.connection).forget_words(list(self.connection.scalars(own)))
            Understandings(self.connection).forget_quotes(ids)
            self.connection.execute(delete(awaiting).where(awaiting.c.mention.in_(ids)))
            Pictures(self.connection).forget_pictures(ids)
            Translations(self.connection).forget(ids)

    def set_excluded(self, mention: str, *, excluded: bool) -> None:
        """Hide a mention and read it no more, or show it and have it read if nobody did."""
        mine = update(mentions).where(mentions.c.id == mention)
        self.connection.execute(mine.values(excluded=excluded))
        if excluded:
            self.connection.execute(delete(awaiting).where(awaiting.c.mention == mention))
            return
        known = select(understandings.c.mention).where(understandings.c.mention == mentions.c.id)
        waits = select(mentions.c.id, mentions.c.workspace).where(
            mentions.c.id == mention, ~known.exists()
        )
        again = self.add_new(awaiting).from_select(["mention", "workspace"], waits)
        self.connection.execute(again)

    def vectors(self, watch: str, story: str, limit: int) -> list[bytes]:
        """The vectors of the last posts of a story that still have one, oldest first."""
        kept: list[bytes] = []
        for vector in self._vectors(watch, story):
            kept.append(vector)
            if len(kept) == limit:
                break
        return kept[::-1]

    def placed(self, watch: str) -> Mapping[str, str]:
        """Every mention of a watch that joined a story, with the story: what a replay is given."""
        found = select(joins.c.mention, joins.c.story).where(joins.c.watch == watch)
        return dict(self.connection.execute(found).all())

    def forget_samples(self, sources: Iterable[str], fits: Fits) -> int:
        """Remove what was kept of posts without a match, where it fits; how many."""
        gone = 0
        for source in sorted(sources):
            self.lock("sample " + source)
            numbers = list(self._samples(source, fits))
            gone += len(numbers)
            for some in _chunks(numbers):
                mine = (samples.c.source == source) & samples.c.number.in_(some)
                self.connection.execute(delete(samples).where(mine))
        return gone

    def count_samples(self, sources: Iterable[str], fits: Fits) -> int:
        """How many of them fit."""
        return sum(len(list(self._samples(source, fits))) for source in sources)

    def tidy(self, *, begin: bool) -> bool:
        """One short stretch of clearing out forgotten words from the index; whether more is due.

        SQLite's index keeps a forgotten word in its old parts until they are merged; PostgreSQL
        clears its own by itself.
        """
        if self.postgres:
            return False
        index = table(WORDS, column(WORDS), column("rank"))
        before = self.connection.scalar(text("SELECT total_changes()")) or 0
        pages = -STRETCH if begin else STRETCH
        self.connection.execute(insert(index), {WORDS: "merge", "rank": pages})
        after = self.connection.scalar(text("SELECT total_changes()")) or 0
        # As SQLite's manual says: fewer than two changes mean that nothing was left to do.
        return bool(after - before >= 2)

    def _samples(self, source: str, fits: Fits) -> Iterator[int]:
        found = select(samples.c.number, samples.c.body).where(samples.c.source == source)
        for row in self.connection.execute(found):
            if fits(_decoder.decode(row.body)):
                yield row.number

    def _vectors(self, watch: str, story: str) -> Iterator[bytes]:
        """Newest first, some at a time."""
        members = joins.c.watch == watch, joins.c.story == story
        after: list[ColumnElement[bool]] = []
        while True:
            found = (
                select(joins.c.mention, understandings.c.body)
                .join(understandings, joins.c.mention == understandings.c.mention)
                .where(*members, *after)
                .order_by(joins.c.mention.desc())
                .limit(CHUNK)
            )
            rows = self.connection.execute(found).all()
            meant = (read_understanding(row.body).vector for row in rows)
            yield from (vector for vector in meant if vector)
            if len(rows) < CHUNK:
                return
            after = [joins.c.mention < rows[-1].mention]

    def _bare(self, workspace: str, numbers: Sequence[int], mark: str) -> None:
        found = select(posts.c.number, posts.c.platform, posts.c.native, posts.c.digest,
                       posts.c.body).where(posts.c.number.in_(numbers))  # fmt: skip
        rows = []
        for row in self.connection.execute(found).all():
            native, words = row.native, row.digest
            if mark == REMOVED:
                native, words = erased_name(workspace, row.platform, native), NOTHING
            left = _encoder.encode(_left(read_post(row.body), native))
            rows.append({"which": row.number, "name": native, "words": words, "left": left})
        changed = update(posts).where(posts.c.number == bindparam("which"))
        self.connection.execute(
            changed.values(
                native=bindparam("name"), digest=bindparam("words"), body=bindparam("left")
            ),
            rows,
        )

    def _mark(self, gone: Sequence[Touched], mark: str) -> None:
        rows = [
            {"which": one.id, "marked": write_marks(tuple(dict.fromkeys((*one.marks, mark))))}
            for one in gone
        ]
        if rows:
            which = mentions.c.id == bindparam("which")
            changed = update(mentions).where(which).values(marks=bindparam("marked"))
            self.connection.execute(changed, rows)


def _touched(workspace: str) -> Select[Any]:
    known = understandings.c.mention.is_not(None)
    return (
        select(mentions, joins.c.story, known.label("known"), watches.c.rival_of)
        .outerjoin(joins, joins.c.mention == mentions.c.id)
        .outerjoin(understandings, understandings.c.mention == mentions.c.id)
        .outerjoin(watches, watches.c.id == mentions.c.watch)
        .where(mentions.c.workspace == workspace)
    )


def _read(row: Row[Any]) -> Touched:
    return Touched(
        row.id, row.watch, row.post, row.at, row.received, row.story or "", bool(row.known),
        bool(row.excluded), bool(row.rival_of), read_marks(row.marks),
    )  # fmt: skip


def _left(post: Post, native: str) -> Post:
    """What stays of a post: when and where it was, what kind, how far it went."""
    return Post(
        platform=post.platform,
        id=native,
        time=post.time,
        text="",
        kind=post.kind,
        lang=post.lang,
        country=post.country,
        rating=post.rating,
        metrics=post.metrics,
    )


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(numbers), CHUNK):
        yield numbers[begin : begin + CHUNK]
