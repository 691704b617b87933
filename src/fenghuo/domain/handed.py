"""What somebody heard and hands in, as they gave it."""

from collections.abc import Collection
from typing import Literal, get_args

import msgspec

from fenghuo.domain.post import Post

BY_HAND = "by-hand"
"""The platform of words without a link."""
HANDED_IN = "by_hand"
"""The mark of a mention that somebody handed in, from whatever platform its link is."""
HeardFrom = Literal["dealers", "service", "journalist", "family", "store", "other"]
HEARD_FROM: tuple[HeardFrom, ...] = get_args(HeardFrom)


class Handed(msgspec.Struct, frozen=True):
    """A paste, a picture, or both.

    `text` is what was pasted, links and all; `picture` the bytes of a file. `watches` they chose;
    `instead` stands for words where there are none and no link; `about` names a mention that came
    without words, whose words these are.
    """

    text: str = ""
    picture: bytes = b""
    watches: tuple[str, ...] = ()
    heard_from: HeardFrom | Literal[""] = ""
    instead: str = ""
    about: str = ""


def kept_inside(post: Post, marks: Collection[str]) -> bool:
    """Whether words stay in their workspace: said to us in private, or handed in by hand.

    They count and alarm like others, and no public link shows them.
    """
    return post.private or post.platform == BY_HAND or HANDED_IN in marks
