"""A post whose words were changed counts as one more: it is told from the first by its new words.

One rule for a call, a file and a replay, so that where a batch ends changes nothing:

    1 "unboxing"      →  1
    1 "it burns"      →  1#8f0c…   edited
    1 "it burns"      →  1#8f0c…   here already
    1 "unboxing"      →  1         here already
"""

from collections.abc import MutableMapping

from msgspec.structs import replace

from fenghuo.domain.chain import digest
from fenghuo.domain.post import Post

EDITED = "edited"
"""The mark of words that were changed since the post was first heard."""

Key = tuple[str, str]


def apart(post: Post, first: MutableMapping[Key, bytes]) -> Post:
    """The post as it is, or under a longer id when `first` knows other words by its id.

    `first` holds the digest of the words first heard by each (platform, native id), and learns
    those of this post. The same words get the same id again, so that a change counts once.
    """
    words = digest(post.words.encode())
    if first.setdefault((post.platform, post.id), words) == words:
        return post
    again = replace(post, id=f"{post.id}#{words.hex()[:12]}")
    first.setdefault((again.platform, again.id), words)
    return again
