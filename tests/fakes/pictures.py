"""Small pictures, made part by part, whole or spoilt."""

import struct
import zlib


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    """A grey PNG that any browser shows; `more` chunks stand before its image."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x80" * min(width, 4000)) * min(height, 4000)
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def moving_png() -> bytes:
    return png(2, 2, chunk(b"acTL", struct.pack(">II", 2, 0)))


def jpeg(width: int = 2, height: int = 2, said: bytes = b"") -> bytes:
    """The parts of a JPEG, with a comment; its scan holds marks that end nothing."""
    comment = b"\xff\xfe" + struct.pack(">H", len(said) + 2) + said
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    scan = b"\xff\xda\x00\x08\1\1\0\0\x3f\0" + b"\x11\xff\x00\x22\xff\xd0\x33"
    return b"\xff\xd8" + comment + frame + scan + b"\xff\xd9"


def webp(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    """The parts of a lossless WebP."""
    bits = struct.pack("<I", (width - 1) | (height - 1) << 14)
    body = b"WEBP" + b"".join([*more, riff(b"VP8L", b"\x2f" + bits + b"\0")])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def moving_webp() -> bytes:
    return webp(2, 2, riff(b"ANIM", b"\0" * 6))
