"""Identifiers: UUIDs of version 7, which sort by time; the same parts give the same one."""

from hashlib import sha256
from uuid import UUID


def identity(at: int, *parts: str) -> str:
    """A UUIDv7 of milliseconds `at` whose random part is a digest of `parts`.

    So intake may be repeated at the same receipt without making a second mention.
    """
    digest = int.from_bytes(sha256("\x1f".join(parts).encode()).digest()[:10], "big")
    value = (at & (1 << 48) - 1) << 80 | 0x7 << 76 | (digest >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | digest & (1 << 62) - 1
    return str(UUID(int=value))


def earliest(at: int) -> str:
    """A text that sorts before every identity of milliseconds `at` or later, after all before."""
    return str(UUID(int=(at & (1 << 48) - 1) << 80))
