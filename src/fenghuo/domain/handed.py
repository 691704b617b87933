"""What somebody heard and hands in, as they gave it."""

from typing import Literal, get_args

import msgspec

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
