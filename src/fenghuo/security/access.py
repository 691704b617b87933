"""Who may come in: first owner, sign-in, sessions, invitations, API tokens.

Secrets are random and handed out once; only their digests are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Literal

import msgspec

from fenghuo.domain.errors import BadInput, Missing, NotAllowed
from fenghuo.domain.identity import identity
from fenghuo.domain.people import Member, Newcomer, Person, Role, Scale, Workspace
from fenghuo.domain.post import millis
from fenghuo.ports.access_store import AccessStore, Pass
from fenghuo.ports.store import Store, Transaction
from fenghuo.security.passwords import check_length, fits, hashed
from fenghuo.security.recorded import (
    names_recorded,
    record_invited,
    record_joined,
    record_person,
    record_roles,
    record_token,
    record_workspace,
)
from fenghuo.security.throttle import Tries

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SESSION_MS = 14 * DAY_MS
IDLE_MS = 3 * DAY_MS
"""A session nobody used for so long is over. Shorter: people sign in at 3 a.m."""
FIRST_OWNER_MS = DAY_MS
INVITE_MS = 7 * DAY_MS
TOUCH_MS = 5 * 60_000
OneTime = Literal["first_owner", "invite"]
_OVER: Mapping[OneTime, str] = {
    "first_owner": "access.owner_link_spent",
    "invite": "access.link_spent",
}


class Session(msgspec.Struct, frozen=True):
    """A signed-in person; of `csrf` the words are made that must come back with forms."""

    person: Person
    members: tuple[Member, ...]
    csrf: str

    def member(self, workspace: str) -> Member | None:
        """The person's membership of a workspace, or None."""
        return next((m for m in self.members if m.workspace.id == workspace), None)

    def word(self, workspace: str) -> str:
        """What a form of a workspace carries: one of another workspace is not taken for it."""
        return sha256(f"{self.csrf}\0{workspace}".encode()).hexdigest()


class Token(msgspec.Struct, frozen=True):
    """What an API token opens; `member` made it, None where no name stands on it."""

    workspace: str
    member: Member | None


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits; such need no salt."""
    return sha256(secret.encode()).digest()


class Access:
    """Signs people in and out, and checks tokens."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """`now` is the real time."""
        self._store = store
        self._now = now

    def first_owner_secret(self) -> str:
        """A one-time secret while nobody owns the product, "" afterwards."""
        with self._store.transaction() as tx:
            if tx.access.workspaces():
                return ""
            for old in tx.access.passes("", "first_owner"):
                tx.access.drop_pass(old.digest)
            return self._give(tx.access, Pass(b"", "first_owner", self._ms() + FIRST_OWNER_MS))

    def must_open(self, secret: str, kind: OneTime) -> None:
        """NotAllowed when a one-time link is not ours, spent or over; looking spends nothing."""
        with self._store.reading() as tx:
            if self._valid(tx.access, secret, kind) is None:
                raise NotAllowed(_OVER[kind])

    def create_first_owner(self, secret: str, new: Newcomer, workspace: str) -> str:
        """The first owner and their workspace; answers a session secret. Works once."""
        person = self._new_person(new)
        place = Workspace(identity(self._ms(), workspace), workspace.strip() or person.name)
        kept = hashed(new.password)
        with self._store.transaction() as tx:
            self._spend(tx.access, secret, "first_owner")
            tx.access.save_workspace(place)
            tx.access.save_person(person, kept)
            tx.access.join(place.id, person.id, ["owner"])
            record_workspace(tx, place, person, self._ms())
            return self._open_session(tx.access, person)

    def begin_workspace(
        self, person: str, name: str, kind: Literal["real", "demo"], scale: Scale | None = None
    ) -> Workspace:
        """One more workspace, owned by a person."""
        place = Workspace(identity(self._ms(), person, name), name, kind, scale)
        with self._store.transaction() as tx:
            tx.access.save_workspace(place)
            tx.access.join(place.id, person, ["owner"])
            owner = tx.access.person(person)
            if owner is None:
                raise Missing("access.no_member")
            record_workspace(tx, place, owner, self._ms())
        return place

    def first_owner(self) -> Person | None:
        """Who owns the oldest workspace, or None while nobody does."""
        with self._store.reading() as tx:
            for place in tx.access.workspaces():
                for member in tx.access.members(place.id):
                    if "owner" in member.roles:
                        return member.person
        return None

    def workspaces_of(self, person: str) -> list[Workspace]:
        """Where a person belongs, oldest first."""
        with self._store.reading() as tx:
            return [member.workspace for member in tx.access.memberships(person)]

    def sign_in(self, email: str, password: str, address: str) -> str:
        """A session secret; NotAllowed without saying which of the two was wrong."""
        email = email.strip().lower()
        tries = Tries(self._store, self._now, email, address)
        tries.count()
        with self._store.reading() as tx:
            found = tx.access.by_email(email)
        if not fits(password, found[1] if found else None) or not found:
            raise NotAllowed("access.wrong")
        with self._store.transaction() as tx:
            tries.went_well(tx.access)
            return self._open_session(tx.access, found[0])

    def session(self, secret: str, *, used: bool = True) -> Session | None:
        """Whose session this is, or None when there is none or it is over.

        Without `used` it is looked at only: nobody did anything that would keep it alive.
        """
        with self._store.reading() as tx:
            held = self._valid(tx.access, secret, "session")
            person = tx.access.person(held.person) if held else None
            if not held or not person or self._ms() - held.seen > IDLE_MS:
                return None
            members = tuple(tx.access.memberships(person.id))
        if used and self._ms() - held.seen > TOUCH_MS:
            with self._store.transaction() as tx:
                tx.access.touch_pass(held.digest, self._ms())
        return Session(person, members, sha256(b"csrf" + secret.encode()).hexdigest())

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._store.transaction() as tx:
            tx.access.drop_pass(digest(secret))

    def invite(self, workspace: str, roles: Sequence[Role], who: str = "") -> str:
        """A one-time secret with which a new person joins with these roles; `who` invites."""
        if not roles:
            raise BadInput("access.roles_missing")
        given = Pass(
            b"", "invite", self._ms() + INVITE_MS, workspace=workspace, scopes=tuple(roles)
        )
        with self._store.transaction() as tx:
            record_invited(tx, given, self._ms(), who)
            return self._give(tx.access, given)

    def invite_back(self, workspace: str) -> list[tuple[Person, str]]:
        """A one-time secret for each member without a password, who came with an archive."""
        with self._store.transaction() as tx:
            found = []
            for member in tx.access.members(workspace):
                person = member.person
                known = tx.access.by_email(person.email)
                if known and not known[1]:
                    until = self._ms() + INVITE_MS
                    given = Pass(b"", "invite", until, person.id, workspace, scopes=member.roles)
                    found.append((person, self._give(tx.access, given)))
            return found

    def accept_invite(self, secret: str, new: Newcomer, address: str) -> str:
        """A new person, or one who proves who they are, joins; answers a session secret.

        Whoever came with an archive has no password yet: the link made for them is the proof.
        Without a good link nobody is looked up, and a wrong password counts as at the sign-in.
        """
        with self._store.reading() as tx:
            held = self._valid(tx.access, secret, "invite")
            if held is None:
                raise NotAllowed("access.link_spent")
        person = self._new_person(new)
        check_length(new.password)
        tries = Tries(self._store, self._now, person.email, address)
        tries.count()
        with self._store.reading() as tx:
            known = tx.access.by_email(person.email)
        back = bool(known and not known[1] and held.person == known[0].id)
        if known and not back and not fits(new.password, known[1]):
            raise NotAllowed("access.wrong")
        kept = hashed(new.password) if back or not known else None
        person = known[0] if known else person
        with self._store.transaction() as tx:
            invited = self._spend(tx.access, secret, "invite")
            tries.went_well(tx.access)
            if kept is not None:
                tx.access.save_person(person, kept)
            members = tx.access.members(invited.workspace, to_change=True)
            had = next((m.roles for m in members if m.person.id == person.id), ())
            given = msgspec.convert(invited.scopes, tuple[Role, ...])
            # Nobody loses a role by a link: it may be the last owner who follows it.
            roles = list(dict.fromkeys((*had, *given)))
            tx.access.join(invited.workspace, person.id, roles)
            named = (person.id, person.name)
            record_joined(tx, invited.workspace, self._ms(), named, roles)
            return self._open_session(tx.access, person)

    def members(self, workspace: str) -> list[Member]:
        """Who belongs to a workspace."""
        with self._store.reading() as tx:
            return tx.access.members(workspace)

    def names(self, workspace: str) -> dict[str, str]:
        """Names of people by id: of the members, and of those who left as they were called."""
        with self._store.reading() as tx:
            left = names_recorded(tx, workspace)
            return left | {m.person.id: m.person.name for m in tx.access.members(workspace)}

    def change_roles(
        self,
        workspace: str,
        person: str,
        roles: Sequence[Role],
        besides: Callable[[Transaction], None] | None = None,
        who: str = "",
    ) -> None:
        """New roles, or none to take a person out; a workspace keeps an owner.

        `besides` happens in the same transaction: with the change or not at all.
        """
        with self._store.transaction() as tx:
            members = tx.access.members(workspace, to_change=True)
            others = [member for member in members if member.person.id != person]
            if len(others) == len(members):
                raise Missing("access.no_member")
            if "owner" not in roles and not any("owner" in m.roles for m in others):
                raise BadInput("access.last_owner")
            tx.access.join(workspace, person, roles)
            for member in members:
                if member.person.id == person:
                    named, both = (person, member.person.name), (member.roles, roles)
                    record_roles(tx, workspace, self._ms(), named, both, who)
            if besides:
                besides(tx)

    def save_person(self, person: Person) -> None:
        """A person's own settings: name, language, time zone; BadInput for nobody of ours."""
        with self._store.transaction() as tx:
            before = tx.access.person(person.id)
            if before is None:
                raise Missing("access.no_member")
            tx.access.save_person(person)
            record_person(tx, before, person, self._ms())

    def create_token(
        self, workspace: str, title: str, scopes: Sequence[str], person: str = ""
    ) -> str:
        """An API token, shown once; `person` is the member who makes it and answers for it."""
        if not title.strip() or not scopes:
            raise BadInput("access.token_incomplete")
        given = Pass(b"", "token", 0, person, workspace, title=title.strip(), scopes=tuple(scopes))
        with self._store.transaction() as tx:
            record_token(tx, given, self._ms(), person, made=True)
            return "fh_" + self._give(tx.access, given, "fh_")

    def tokens(self, workspace: str) -> list[Pass]:
        """The API tokens of a workspace, without their secrets."""
        with self._store.reading() as tx:
            return tx.access.passes(workspace, "token")

    def drop_token(self, workspace: str, hexed: str, who: str = "") -> None:
        """Withdraw a token by the hex of its digest."""
        with self._store.transaction() as tx:
            for held in tx.access.passes(workspace, "token"):
                if compare_digest(held.digest.hex(), hexed):
                    tx.access.drop_pass(held.digest)
                    record_token(tx, held, self._ms(), who, made=False)
                    return
        raise Missing("access.no_token")

    def token(self, secret: str, scope: str) -> Token:
        """What a token opens; NotAllowed when unknown or without the scope.

        Who reads by it must still be a member who may read; what it writes outlives its maker.
        """
        with self._store.reading() as tx:
            held = self._valid(tx.access, secret, "token")
            if held is None:
                raise NotAllowed("access.token_unknown")
            mine = tx.access.memberships(held.person) if held.person else []
        if scope not in held.scopes:
            raise NotAllowed("access.token_scope", scope=scope)
        member = next((m for m in mine if m.workspace.id == held.workspace), None)
        if held.person and scope == "read" and not (member and member.may("read")):
            raise NotAllowed("access.token_unknown")
        return Token(held.workspace, member)

    def _ms(self) -> int:
        return millis(self._now())

    def _new_person(self, new: Newcomer) -> Person:
        email = new.email.strip().lower()
        if email.count("@") != 1 or not all(email.split("@")) or len(email) > 254:
            raise BadInput("access.email_wrong", email=email)
        zone = "Asia/Shanghai" if new.language == "zh-CN" else "UTC"
        name = new.name.strip() or email
        return Person(identity(self._ms(), "person", email), email, name, new.language, zone)

    def _give(self, access: AccessStore, given: Pass, prefix: str = "") -> str:
        secret = token_urlsafe(32)
        made = self._ms()
        access.save_pass(
            msgspec.structs.replace(given, digest=digest(prefix + secret), made=made, seen=made)
        )
        return secret

    def _open_session(self, access: AccessStore, person: Person) -> str:
        for kind in ("session", "invite"):
            access.forget_passes(kind, self._ms())
        given = Pass(b"", "session", self._ms() + SESSION_MS, person=person.id)
        return self._give(access, given)

    def _valid(self, access: AccessStore, secret: str, kind: str) -> Pass | None:
        held = access.find_pass(digest(secret))
        if held is None or held.kind != kind or 0 < held.expires < self._ms():
            return None
        return held

    def _spend(self, access: AccessStore, secret: str, kind: OneTime) -> Pass:
        held = self._valid(access, secret, kind)
        if held is None or not access.drop_pass(held.digest):
            raise NotAllowed(_OVER[kind])
        return held
