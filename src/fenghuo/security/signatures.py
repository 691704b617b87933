"""Signed deliveries: who knows the secret sent this very body just now, and it came once.

The header is "t=<seconds since 1970>,v1=<hex>", where v1 is HMAC-SHA256 with the secret over
"<t>.<body>". Several v1 may stand in it, so that a sender can change secrets without a pause.
"""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import millis
from fenghuo.ports.access_store import Pass
from fenghuo.ports.store import Store

HEADER = "Fenghuo-Signature"
TOLERANCE = timedelta(seconds=300)
"""How far a sender's clock may be from ours, both ways; so long a delivery is remembered too."""
MOST_SIGNATURES = 5
KIND = "delivery"

_PART = re.compile(r"t=(?P<at>\d{1,12})|v1=(?P<v1>[0-9a-f]{64})|[a-z0-9]{1,20}=[^,\s]*", re.ASCII)


def signed(secret: bytes, at: int, body: bytes) -> str:
    """The header of a body that is sent at `at`, seconds since 1970 UTC."""
    return f"t={at},v1={_mac(secret, at, body).hex()}"


def verify(header: str, body: bytes, secret: bytes, now: datetime) -> bytes:
    """The 32 bytes of the signature that fits; BadInput when none does, or not now.

    Whether it has come before is asked of `Deliveries`.
    """
    at, given = _read(header)
    wanted = _mac(secret, at, body)
    # Each is compared, so that the time taken says nothing; an empty secret signs nothing.
    fits = [compare_digest(wanted, one) for one in given]
    if not secret or not any(fits):
        raise BadInput("sources.signature_wrong")
    seconds, limit = abs(round(now.timestamp()) - at), round(TOLERANCE.total_seconds())
    if seconds > limit:
        raise BadInput("sources.signature_late", seconds=seconds, limit=limit)
    return wanted


class Deliveries:
    """Which signatures have come, for as long as they would be taken again."""

    def __init__(self, store: Store) -> None:
        """Kept beside the other secrets that are good for one use."""
        self._store = store

    def came_before(self, source: str, signature: bytes) -> bool:
        """Whether `remember` was told of it."""
        with self._store.reading() as tx:
            return tx.access.find_pass(_name(source, signature)) is not None

    def remember(self, source: str, signature: bytes, now: datetime) -> None:
        """To be called once what it signed is safe: a crash before leaves it free to come again."""
        until = millis(now + 2 * TOLERANCE)
        with self._store.transaction() as tx:
            tx.access.forget_passes(KIND, millis(now))
            tx.access.save_pass(Pass(_name(source, signature), KIND, until))


def _mac(secret: bytes, at: int, body: bytes) -> bytes:
    return digest(secret, b"%d." % at + body, "sha256")


def _read(header: str) -> tuple[int, list[bytes]]:
    found = [_PART.fullmatch(part.strip()) for part in header.split(",")]
    at = [part["at"] for part in found if part and part["at"]]
    given = [bytes.fromhex(part["v1"]) for part in found if part and part["v1"]]
    if None in found or len(at) != 1 or not 1 <= len(given) <= MOST_SIGNATURES:
        raise BadInput("sources.signature_missing")
    return int(at[0]), given


def _name(source: str, signature: bytes) -> bytes:
    return sha256(source.encode() + b"\0" + signature).digest()
