"""Guests: a link to one thing for somebody outside, and when it is over.

The link is the right: whoever holds it sees the one thing, read only, and nothing else. Its time
is real time, also where a workspace has its own.
"""

from secrets import token_urlsafe

from msgspec.structs import replace

from fenghuo.domain.errors import BadInput, Missing, NobodysMove
from fenghuo.domain.guest import HOUR_MS, Guest, NewGuest, Shared
from fenghuo.domain.identity import identity
from fenghuo.domain.post import millis
from fenghuo.ports.clock import Clock
from fenghuo.ports.store import Store
from fenghuo.security.access import digest
from fenghuo.security.throttle import Links

SHORTEST_H, LONGEST_H = 1, 30 * 24
NOTED_MS = 60_000
"""When a link was last opened is noted once in so long. Shorter: a page that is loaded over and
over writes each time."""
NAME_LONGEST, LABEL_LONGEST = 80, 120


class Guests:
    """Who outside the team sees what, and until when."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Links last in real time; facts stand at workspace time."""
        self._store = store
        self._clock = clock

    def invite(self, workspace: str, new: NewGuest, who: str) -> tuple[Guest, str]:
        """A guest and the secret of their link, which is handed out once."""
        name = new.name.strip()[:NAME_LONGEST]
        if not name:
            raise BadInput("guests.name_missing")
        if not SHORTEST_H <= new.hours <= LONGEST_H:
            raise BadInput("guests.how_long_wrong", least=SHORTEST_H, most=LONGEST_H)
        now, secret = self._ms(), token_urlsafe(32)
        token = digest(secret).hex()
        label = new.label.strip()[:LABEL_LONGEST]
        guest = Guest(
            identity(now, workspace, token), workspace, new.shared, name, label, new.language,
            new.time_zone, who, now, now + new.hours * HOUR_MS, token,
        )  # fmt: skip
        # No name in it: what identifies somebody outside lies beside the chain, not in it.
        told = {"who": who, "guest": guest.id, "shared": new.shared, "until": guest.until}
        with self._store.transaction() as tx:
            tx.guests.save_guest(guest)
            tx.changes.record(workspace, self._ms(workspace), "guest_invited", told)
        return guest, secret

    def guests(self, workspace: str) -> list[Guest]:
        """The guests of a workspace, newest first, those whose link is over too."""
        with self._store.reading() as tx:
            return tx.guests.guests(workspace)

    def seeing(self, workspace: str, shared: Shared) -> list[Guest]:
        """Whose links to one thing work now, newest first."""
        return [g for g in self.guests(workspace) if g.shared == shared and not self.is_over(g)]

    def is_over(self, guest: Guest) -> bool:
        """Whether a guest's link opens nothing any more."""
        return guest.is_over(self._ms())

    def revoke(self, workspace: str, guest: str, who: str) -> None:
        """Take a link back, at once; Missing when the workspace has no such guest."""
        found = next((g for g in self.guests(workspace) if g.id == guest), None)
        if found is None:
            raise Missing("guests.no_guest")
        with self._store.transaction() as tx:
            stands = tx.guests.guest_by_token(found.token, to_change=True) or found
            if stands.is_over(self._ms()):
                return
            tx.guests.save_guest(replace(stands, revoked=self._ms()))
            told = {"who": who, "guest": guest}
            tx.changes.record(workspace, self._ms(workspace), "guest_revoked", told)

    def open(self, secret: str, address: str) -> Guest:
        """The guest of a link that works now.

        Missing for a link that is not ours, NotAllowed after too many of those from an address,
        NobodysMove when it expired or was taken back.
        """
        links = Links(self._store, lambda: self._clock.now(""), address)
        token = digest(secret).hex()
        with self._store.reading() as tx:
            links.must_not_wait(tx.access)
            found = tx.guests.guest_by_token(token)
        if found is None:
            links.unknown()
            raise Missing("guests.link_unknown")
        if not found.is_over(self._ms()) and self._ms() - found.seen >= NOTED_MS:
            found = self._noted(found)
        if found.is_over(self._ms()):
            raise NobodysMove("guests.link_over")
        return found

    def _noted(self, guest: Guest) -> Guest:
        """Notes that the link was opened, as it stands now: it may have been taken back."""
        now = self._ms()
        with self._store.transaction() as tx:
            stands = tx.guests.guest_by_token(guest.token, to_change=True) or guest
            if stands.is_over(now):
                return stands
            noted = replace(stands, opened=stands.opened or now, seen=max(now, stands.seen))
            tx.guests.save_guest(noted)
            if not stands.opened:
                at = self._ms(guest.workspace)
                tx.changes.record(guest.workspace, at, "guest_opened", {"guest": guest.id})
        return noted

    def _ms(self, workspace: str = "") -> int:
        return millis(self._clock.now(workspace))
