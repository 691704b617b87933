"""What somebody hands in, and what becomes of it."""

from hashlib import sha256

import msgspec

from fenghuo.domain.handed import HANDED_IN, Handed
from fenghuo.domain.picture import Picture
from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Understanding
from fenghuo.listen.handed import Recognised, plain_words
from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.store import Transaction

WORDLESS = "wordless"
"""The mark of a mention of which there is only a link or a picture: nobody has read it yet."""


class HandedIn(msgspec.Struct, frozen=True):
    """What became of it. `mentions` is empty when it is about no watch: nothing was kept.

    `new`: not all of them were here already.
    """

    mentions: tuple[StoredMention, ...] = ()
    new: bool = False


class Looked(msgspec.Struct, frozen=True):
    """What is known of a paste before it is handed in.

    `pasted` is what was recognised; `understanding` is None without words; `watches` are those
    whose query it hits; `known` mentions of the same post.
    """

    pasted: Recognised
    watches: tuple[str, ...]
    known: tuple[StoredMention, ...]
    understanding: Understanding | None


def beside(wordless: Post, words: Post) -> Post:
    """The words of a post that came without any, as a post of their own beside it."""
    return msgspec.structs.replace(
        words,
        platform=wordless.platform,
        id=f"{wordless.id}#{sha256(plain_words(words.text).encode()).hexdigest()[:8]}",
        kind=wordless.kind,
        url=wordless.url,
        author=wordless.author,
        links=wordless.links or words.links,
        media=wordless.media or words.media,
        in_reply_to=wordless.id,
    )


def marks_of(handed: Handed, pasted: Recognised) -> tuple[str, ...]:
    """What a mention says of where it came from."""
    heard = f"heard_{handed.heard_from}" if handed.heard_from else ""
    return tuple(filter(None, (HANDED_IN, heard, "" if pasted.words else WORDLESS)))


def wordless(tx: Transaction, workspace: str, about: str, post: Post) -> StoredMention | None:
    """The mention whose missing words this post holds, named or of the same link; or None."""
    if about:
        named = tx.listen.mention(workspace, about)
        known = [named] if named else []
    else:
        known = tx.listen.mentions_of(workspace, post.platform, post.id)
    return next((mention for mention in known if WORDLESS in mention.marks), None)


def keep_picture(
    tx: Transaction, workspace: str, post: Post, picture: Picture | None
) -> list[StoredMention]:
    """Keep a picture, if there is one, with every mention of a post; answers the mentions."""
    if picture:
        for mention in tx.listen.mentions_of(workspace, post.platform, post.id):
            tx.listen.add_picture(workspace, mention.id, picture)
    return tx.listen.mentions_of(workspace, post.platform, post.id)
