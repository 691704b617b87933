"""The hash chain of a stream of facts: arithmetic only, for the store and for every verifier.

Each fact's link is SHA-256 over the link before it, its number, and the digest of its payload.
The first link follows from the stream's name, so facts of one stream cannot pass for another's.
The chain covers digests, so a payload may be taken away without breaking it. Cutting off the end
leaves a whole chain: compare count and head with those that an export was sealed with.
"""

from collections.abc import Iterable
from hashlib import sha256

import msgspec


class Linked(msgspec.Struct, frozen=True):
    """One fact of a stream as stored; `payload` is None when it was removed on request."""

    seq: int
    digest: bytes
    link: bytes
    payload: bytes | None = None


class Walk(msgspec.Struct, frozen=True):
    """How far a chain holds: facts counted, the last good link, and the number that broke it.

    `broken` is 0 when the chain is whole; otherwise the number that was due where it broke.
    """

    count: int
    head: bytes
    broken: int = 0


def start(stream: str) -> bytes:
    """The link before a stream's first fact (32 bytes)."""
    return sha256(b"fenghuo chain 1\0" + stream.encode()).digest()


def digest(payload: bytes) -> bytes:
    """SHA-256 of a payload (32 bytes)."""
    return sha256(payload).digest()


def link(previous: bytes, seq: int, payload_digest: bytes) -> bytes:
    """The link of fact `seq` (1 and up) after the link before it."""
    return sha256(previous + seq.to_bytes(8, "big") + payload_digest).digest()


def walk(stream: str, facts: Iterable[Linked]) -> Walk:
    """Follow a stream from its first fact; stops where a fact is changed, missing or moved."""
    head, count = start(stream), 0
    for fact in facts:
        due = count + 1
        if not _holds(fact, due, head):
            return Walk(count, head, due)
        head, count = fact.link, due
    return Walk(count, head)


def _holds(fact: Linked, due: int, head: bytes) -> bool:
    if fact.payload is not None and digest(fact.payload) != fact.digest:
        return False
    return fact.seq == due and fact.link == link(head, due, fact.digest)
