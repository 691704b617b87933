"""Posts and the mentions of them: taken in once, excluded, erased on request."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, insert, select, update

from fenghuo.domain.chain import digest
from fenghuo.domain.post import Author, Post, millis
from fenghuo.ports.listen_store import StoredMention
from fenghuo.storage.pictures import Pictures
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import awaiting, mentions, posts
from fenghuo.storage.translations import Translations
from fenghuo.storage.understandings import Understandings
from fenghuo.storage.words import Words

CHUNK = 1_000
"""Rows of one statement. More: SQLite runs out of parameters (32,766)."""
ERASED = "erased"

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Post)
_marks = msgspec.json.Decoder(tuple[str, ...])

Key = tuple[str, str]


class Mentions(Repository):
    """Writing posts and mentions, in one transaction."""

    def known_posts(self, workspace: str, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Of (platform, native id) keys, those already stored, with the SHA-256 of their words."""
        return {key: found for key, (_, found) in self._posts(workspace, keys).items()}

    def add_mentions(self, mentions: Sequence[StoredMention], tokens: Sequence[str]) -> set[str]:
        """Store mentions and their posts with the full-text tokens of each; ids of the new ones."""
        if len(mentions) != len(tokens):
            raise ValueError(f"{len(mentions)} mentions, but tokens of {len(tokens)}")
        added: set[str] = set()
        for begin in range(0, len(mentions), CHUNK):
            some = mentions[begin : begin + CHUNK]
            added |= self._add(some, tokens[begin : begin + CHUNK])
        return added

    def exclude(self, workspace: str, mention: str, excluded: bool = True) -> bool:
        """Mark a mention as not about us, or take that back; False when there is none."""
        changed = self.connection.execute(
            update(mentions)
            .where(mentions.c.workspace == workspace, mentions.c.id == mention)
            .values(excluded=excluded)
        )
        return changed.rowcount > 0

    def erase(self, workspace: str, mention: str) -> bool:
        """Remove a post's words, author and links, in every mention of it.

        1. the post keeps what counting and recognising it needs, 2. its mentions are marked,
        3. the full-text index forgets them, 4. understandings lose the words they quote,
        5. nobody will read it any more to understand it, 6. pictures and translations of
        it are removed.
        """
        named = select(mentions.c.post).where(
            mentions.c.workspace == workspace, mentions.c.id == mention
        )
        row = self.connection.execute(
            select(posts.c.number, posts.c.body).where(posts.c.number.in_(named))
        ).first()
        if row is None:
            return False
        bare = _encoder.encode(_bare(_decoder.decode(row.body)))
        self.connection.execute(update(posts).where(posts.c.number == row.number).values(body=bare))
        ids, numbers = self._mark_erased(row.number)
        Words(self.connection).forget_words(numbers)
        Understandings(self.connection).forget_quotes(ids)
        self.connection.execute(delete(awaiting).where(awaiting.c.mention.in_(ids)))
        Pictures(self.connection).forget_pictures(ids)
        Translations(self.connection).forget(ids)
        return True

    def _add(self, some: Sequence[StoredMention], tokens: Sequence[str]) -> set[str]:
        numbers = self._add_posts(some)
        rows = [
            {
                "id": m.id,
                "watch": m.watch,
                "workspace": m.workspace,
                "post": numbers[m.workspace, m.post.platform, m.post.id],
                # A post from the future counts at its receipt, as in the log.
                "at": min(millis(m.post.time), m.received),
                "received": m.received,
                "copy_of": m.copy_of,
                "excluded": m.excluded,
                "marks": write_marks(m.marks),
            }
            for m in some
        ]
        new = self.add_new(mentions).returning(mentions.c.id, mentions.c.number)
        added: dict[str, int] = dict(self.connection.execute(new, rows).all())
        # An id met twice in one batch was added once, with the words of the first.
        words = dict(zip(reversed([m.id for m in some]), reversed(tokens), strict=True))
        Words(self.connection).add_words((added[name], words[name]) for name in added)
        if added:
            self.connection.execute(insert(awaiting), [{"mention": name} for name in added])
        return set(added)

    def _add_posts(self, some: Sequence[StoredMention]) -> dict[tuple[str, str, str], int]:
        """Store the posts that are new; the numbers of all by (workspace, platform, native id)."""
        found: dict[tuple[str, str, str], Post] = {}
        for m in some:
            found.setdefault((m.workspace, m.post.platform, m.post.id), m.post)
        # In one order, so that on PostgreSQL two intakes of the same posts never block each other.
        rows = [post_row(workspace, found[key]) for key in sorted(found) if (workspace := key[0])]
        self.connection.execute(self.add_new(posts), rows)
        numbers = {}
        for workspace in {key[0] for key in found}:
            keys = [key[1:] for key in found if key[0] == workspace]
            for key, (number, _) in self._posts(workspace, keys).items():
                numbers[workspace, *key] = number
        return numbers

    def _posts(self, workspace: str, keys: Sequence[Key]) -> dict[Key, tuple[int, bytes]]:
        # A platform at a time, so that both databases walk the whole key, whatever they know or
        # do not know yet about the table; pairs in a list sent PostgreSQL through all of it.
        by_platform: dict[str, list[str]] = {}
        for platform, native in keys:
            by_platform.setdefault(platform, []).append(native)
        found: dict[Key, tuple[int, bytes]] = {}
        for platform, natives in by_platform.items():
            for begin in range(0, len(natives), CHUNK):
                known = select(posts.c.native, posts.c.number, posts.c.digest).where(
                    posts.c.workspace == workspace,
                    posts.c.platform == platform,
                    posts.c.native.in_(natives[begin : begin + CHUNK]),
                )
                rows = self.connection.execute(known).all()
                found.update({(platform, row[0]): (row[1], row[2]) for row in rows})
        return found

    def _mark_erased(self, post: int) -> tuple[list[str], list[int]]:
        rows = self.connection.execute(
            select(mentions.c.id, mentions.c.number, mentions.c.marks).where(
                mentions.c.post == post
            )
        ).all()
        for row in rows:
            marks = dict.fromkeys((*read_marks(row.marks), ERASED))
            self.connection.execute(
                update(mentions)
                .where(mentions.c.number == row.number)
                .values(marks=write_marks(tuple(marks)))
            )
        return [row.id for row in rows], [row.number for row in rows]


def read_post(body: bytes) -> Post:
    """The post of its stored bytes."""
    return _decoder.decode(body)


def read_marks(marks: str) -> tuple[str, ...]:
    """The marks of their stored text."""
    return _marks.decode(marks) if marks else ()


def write_marks(marks: tuple[str, ...]) -> str:
    """Marks as stored: most mentions have none."""
    return msgspec.json.encode(marks).decode() if marks else ""


def post_row(workspace: str, post: Post) -> dict[str, object]:
    """The row of a post that is new."""
    return {
        "workspace": workspace,
        "platform": post.platform,
        "native": post.id,
        "digest": digest(post.words.encode()),
        "kind": post.kind,
        "country": post.country,
        "body": _encoder.encode(post),
    }


def _bare(post: Post) -> Post:
    """What stays of an erased post: when and where it was, what kind, how far it went."""
    return Post(
        platform=post.platform,
        id=post.id,
        time=post.time,
        text="",
        kind=post.kind,
        lang=post.lang,
        author=Author(followers=post.author.followers),
        country=post.country,
        rating=post.rating,
        metrics=post.metrics,
    )
