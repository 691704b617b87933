"""Which files are pictures that may be kept and shown: PNG, JPEG, WebP that stand still.

A file is read from part to part to its end, and what stands behind the end is cut off, so that
nothing else travels in it. A browser that shows it needs memory for `MOST_PIXELS` at most.
"""

from collections.abc import Iterator
from struct import error as BrokenPart
from struct import unpack_from

from fenghuo.domain.errors import BadInput
from fenghuo.domain.picture import LARGEST_PICTURE, Picture

PNG, JPEG, RIFF, WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"WEBP"
MOST_PIXELS = 60_000_000
"""A very long screenshot has 40 million."""
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The JPEG segments that begin a frame."""

Place = tuple[bytes, int, int]


def read_picture(data: bytes) -> Picture:
    """The picture of a file; BadInput says why it cannot be kept."""
    if len(data) > LARGEST_PICTURE:
        raise BadInput("by_hand.picture_big", limit=LARGEST_PICTURE // 1_000_000)
    try:
        if data.startswith(PNG):
            return Picture("png", _png(data))
        if data.startswith(JPEG):
            return Picture("jpeg", _jpeg(data))
        if data.startswith(RIFF) and data[8:12] == WEBP:
            return Picture("webp", _webp(data))
    except (BrokenPart, IndexError) as error:
        raise BadInput("by_hand.picture_broken", str(error)) from error
    raise BadInput("by_hand.picture_unknown")


def _png(data: bytes) -> bytes:
    shown = False
    for name, begin, size in _png_chunks(data):
        if name == b"IHDR":
            _bounded(*unpack_from(">II", data, begin))
        elif name == b"acTL":
            raise BadInput("by_hand.picture_moves")
        elif name == b"IEND" and shown:
            return data[: begin + size + 4]
        shown = shown or name == b"IDAT"
    raise BadInput("by_hand.picture_broken", "no end")


def _png_chunks(data: bytes) -> Iterator[Place]:
    place = len(PNG)
    while place < len(data):
        size, name = unpack_from(">I4s", data, place)
        if place + size + 12 > len(data) or (place == len(PNG) and (name, size) != (b"IHDR", 13)):
            raise BadInput("by_hand.picture_broken", f"chunk at {place}")
        yield name, place + 8, size
        place += size + 12


def _jpeg(data: bytes) -> bytes:
    place = 2
    sized = False
    while data[place] == 0xFF:
        mark = data[place + 1]
        if mark == 0xD9 and sized:
            return data[: place + 2]
        (size,) = unpack_from(">H", data, place + 2)
        if mark in _SIZES:
            height, width = unpack_from(">HH", data, place + 5)
            _bounded(width, height)
            sized = True
        place += 2 + size
        if mark == 0xDA:
            place = _after_scan(data, place)
    raise BadInput("by_hand.picture_broken", f"segment at {place}")


def _after_scan(data: bytes, place: int) -> int:
    """Where the next segment begins; in a scan FF stands before 00 or a restart mark only."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0:
            raise BadInput("by_hand.picture_broken", "no end")
        if data[place + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return place
        place += 1 if data[place + 1] == 0xFF else 2


def _webp(data: bytes) -> bytes:
    (size,) = unpack_from("<I", data, 4)
    end = 8 + size
    if end > len(data):
        raise BadInput("by_hand.picture_broken", "no end")
    shown = False
    for name, begin, _ in _webp_chunks(data, end):
        if name in (b"ANIM", b"ANMF"):
            raise BadInput("by_hand.picture_moves")
        if name in (b"VP8X", b"VP8 ", b"VP8L"):
            _bounded(*_webp_size(data, name, begin))
        shown = shown or name in (b"VP8 ", b"VP8L")
    if not shown:
        raise BadInput("by_hand.picture_broken", "no image")
    return data[:end]


def _webp_chunks(data: bytes, end: int) -> Iterator[Place]:
    place = 12
    while place < end:
        name, size = unpack_from("<4sI", data, place)
        if place + 8 + size > end:
            raise BadInput("by_hand.picture_broken", f"chunk at {place}")
        yield name, place + 8, size
        place += 8 + size + size % 2


def _webp_size(data: bytes, name: bytes, begin: int) -> tuple[int, int]:
    match name:
        case b"VP8X":
            width, more, height, higher = unpack_from("<HBHB", data, begin + 4)
            return (more << 16 | width) + 1, (higher << 16 | height) + 1
        case b"VP8L":
            (bits,) = unpack_from("<I", data, begin + 1)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = unpack_from("<HH", data, begin + 6)
    return width & 0x3FFF, height & 0x3FFF


def _bounded(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise BadInput("by_hand.picture_wide", f"{width} x {height}")
