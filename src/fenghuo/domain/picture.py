"""A picture that belongs to a mention: a screenshot that somebody handed in."""

from typing import Literal, get_args

import msgspec

PictureKind = Literal["png", "jpeg", "webp"]
PICTURE_KINDS: tuple[PictureKind, ...] = get_args(PictureKind)
LARGEST_PICTURE = 8_000_000
"""Bytes. Larger: a photo in full size, of which a phone can make a smaller one."""


class Picture(msgspec.Struct, frozen=True):
    """One still picture, as it was handed in."""

    kind: PictureKind
    body: bytes
