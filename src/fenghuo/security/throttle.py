"""How often a password may be guessed, and from where.

Two counters of failed tries, both over a quarter of an hour: one of the address from which they
come, one of the account that they are at. The second does not hold where that person has signed
in before: who knows only an e-mail address could else keep its owner out, night after night.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from fenghuo.domain.errors import NotAllowed
from fenghuo.domain.post import millis
from fenghuo.ports.access_store import AccessStore, Pass
from fenghuo.ports.store import Store

FAILURES, WINDOW_MS = 8, 15 * 60_000
"""Failed tries before one must wait. More: a short password falls sooner. Fewer: a person who
types at 3 a.m. is kept out."""
KNOWN_MS = 90 * 24 * 3_600_000
"""An address from which nobody signed in to an account for so long is strange to it again."""
KIND = "known_address"


class Tries:
    """Tries at one account from one address."""

    def __init__(self, store: Store, now: Callable[[], datetime], email: str, address: str) -> None:
        """`email` as it is kept; `address` of the network."""
        self._store = store
        self._now = now
        self._account, self._address = f"account {email}", f"address {address}"
        self._known = sha256(f"{self._account}\0{self._address}".encode()).digest()

    def must_not_wait(self, access: AccessStore) -> None:
        """NotAllowed when too many failed; the same whether there is such an account or not."""
        now = millis(self._now())
        known = access.find_pass(self._known)
        keys = [self._address]
        if known is None or known.expires < now:
            keys.append(self._account)
        if max(access.failures(key, now - WINDOW_MS) for key in keys) >= FAILURES:
            raise NotAllowed("access.wait", minutes=WINDOW_MS // 60_000)

    def failed(self) -> NotAllowed:
        """Counts a failed try; what to say of it, which is not which of the two was wrong."""
        with self._store.transaction() as tx:
            for key in (self._account, self._address):
                tx.access.add_failure(key, millis(self._now()))
        return NotAllowed("access.wrong")

    def went_well(self, access: AccessStore) -> None:
        """From here this account is signed in to."""
        now = millis(self._now())
        access.forget_passes(KIND, now)
        access.save_pass(Pass(self._known, KIND, now + KNOWN_MS))
