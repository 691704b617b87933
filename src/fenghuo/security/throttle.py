"""How often a password or a link may be guessed, and from where.

Two counters of tries at passwords, both over a quarter of an hour: one of the address from which
they come, one of the account that they are at. The second does not hold where that person has
signed in before: who knows only an e-mail address could else keep its owner out, night after
night. A try is counted before it is looked at and taken back when it was right, so that many at
the same moment are not let through together.

Links that are not ours have a counter of their own by address: an old link in a colleague's
mail must not keep a whole office from signing in.
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
        self._counted: list[int] = []

    def count(self) -> None:
        """Counts a try, before the password is looked at; NotAllowed when there were too many.

        The same whether there is such an account or not.
        """
        now = millis(self._now())
        with self._store.transaction() as tx:
            known = tx.access.find_pass(self._known)
            # In one order, so that two tries never wait for each other.
            found = {
                key: tx.access.failures(key, now - WINDOW_MS, to_change=True)
                for key in (self._account, self._address)
            }
            if known is not None and known.expires >= now:
                found.pop(self._account)
            if max(found.values()) >= FAILURES:
                raise _wait()
            self._counted = [
                tx.access.add_failure(key, now) for key in (self._account, self._address)
            ]

    def went_well(self, access: AccessStore) -> None:
        """It was right: it counts no more, and from here this account is signed in to."""
        now = millis(self._now())
        access.forget_failures(self._counted)
        access.forget_passes(KIND, now)
        access.save_pass(Pass(self._known, KIND, now + KNOWN_MS))


class Links:
    """Tries at links from one address. A link holds 256 random bits: no race finds one."""

    def __init__(self, store: Store, now: Callable[[], datetime], address: str) -> None:
        """`address` of the network."""
        self._store = store
        self._now = now
        self._key = f"link {address}"

    def must_not_wait(self, access: AccessStore) -> None:
        """NotAllowed when too many links from here were not ours."""
        if access.failures(self._key, millis(self._now()) - WINDOW_MS) >= FAILURES:
            raise _wait()

    def unknown(self) -> None:
        """Counts a link that is not ours; NotAllowed when there were too many."""
        now = millis(self._now())
        with self._store.transaction() as tx:
            if tx.access.failures(self._key, now - WINDOW_MS, to_change=True) >= FAILURES:
                raise _wait()
            tx.access.add_failure(self._key, now)


def _wait() -> NotAllowed:
    return NotAllowed("access.wait", minutes=WINDOW_MS // 60_000)
