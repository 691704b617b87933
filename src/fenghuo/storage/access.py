"""People and their passes."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from fenghuo.domain.people import Member, Person, Role, Workspace
from fenghuo.ports.access_store import Pass
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, NUMBER, metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("email", KEY, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace", KEY, primary_key=True),
    Column("person", KEY, primary_key=True, index=True),
    Column("roles", Text, nullable=False),
)

passes = Table(
    "passes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("kind", KEY, nullable=False),
    Column("workspace", KEY, nullable=False, index=True),
    Column("expires", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

failures = Table(
    "sign_in_failures",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("key", KEY, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)

FORGET_MS = 24 * 3_600_000
_workspace = msgspec.msgpack.Decoder(Workspace)
_person = msgspec.msgpack.Decoder(Person)
_pass = msgspec.msgpack.Decoder(Pass)
_encode = msgspec.msgpack.Encoder().encode


class Access(Repository):
    """People and their passes, in one transaction."""

    def save_workspace(self, workspace: Workspace) -> None:
        """Insert or rewrite a workspace."""
        row = {"id": workspace.id, "body": _encode(workspace)}
        self.connection.execute(self.put(workspaces), row)

    def workspaces(self) -> list[Workspace]:
        """All workspaces, oldest first."""
        found = self.connection.execute(select(workspaces.c.body).order_by(workspaces.c.id))
        return [_workspace.decode(row.body) for row in found]

    def save_person(self, person: Person, password: str | None = None) -> None:
        """Insert or rewrite a person; a hash, not a password, or None to leave it."""
        if password is None:
            found = select(people.c.password).where(people.c.id == person.id)
            password = self.connection.scalar(found) or ""
        row = {
            "id": person.id,
            "email": person.email,
            "password": password,
            "body": _encode(person),
        }
        self.connection.execute(self.put(people), row)

    def person(self, person: str) -> Person | None:
        """A person by id."""
        body = self.connection.scalar(select(people.c.body).where(people.c.id == person))
        return _person.decode(body) if body else None

    def by_email(self, email: str) -> tuple[Person, str] | None:
        """A person and their password hash."""
        query = select(people.c.body, people.c.password).where(people.c.email == email)
        row = self.connection.execute(query).first()
        return (_person.decode(row.body), row.password) if row else None

    def join(self, workspace: str, person: str, roles: Sequence[Role]) -> None:
        """Give a person these roles in a workspace; none takes them out."""
        if roles:
            row = {"workspace": workspace, "person": person, "roles": " ".join(roles)}
            self.connection.execute(self.put(memberships), row)
            return
        gone = delete(memberships).where(
            memberships.c.workspace == workspace, memberships.c.person == person
        )
        self.connection.execute(gone)

    def memberships(self, person: str) -> list[Member]:
        """Where a person belongs."""
        return self._members(memberships.c.person == person)

    def members(self, workspace: str, *, to_change: bool = False) -> list[Member]:
        """Who belongs to a workspace; `to_change` keeps other writers off it until the end."""
        if to_change:
            self.lock("members " + workspace)
        return self._members(memberships.c.workspace == workspace)

    def save_pass(self, given: Pass) -> None:
        """Insert or rewrite a pass."""
        row = {
            "digest": given.digest,
            "kind": given.kind,
            "workspace": given.workspace,
            "expires": given.expires,
            "body": _encode(given),
        }
        self.connection.execute(self.put(passes), row)

    def touch_pass(self, digest: bytes, seen: int) -> None:
        """Keep when a pass was last used; one that was dropped meanwhile stays dropped."""
        held = self.find_pass(digest)
        if held:
            body = _encode(msgspec.structs.replace(held, seen=seen))
            touched = update(passes).where(passes.c.digest == digest).values(body=body)
            self.connection.execute(touched)

    def find_pass(self, digest: bytes) -> Pass | None:
        """The pass of this digest."""
        body = self.connection.scalar(select(passes.c.body).where(passes.c.digest == digest))
        return _pass.decode(body) if body else None

    def passes(self, workspace: str, kind: str) -> list[Pass]:
        """The passes of a kind in a workspace."""
        query = select(passes.c.body).where(passes.c.workspace == workspace, passes.c.kind == kind)
        return [_pass.decode(row.body) for row in self.connection.execute(query)]

    def drop_pass(self, digest: bytes) -> bool:
        """Forget a pass; False when it was gone already: so that one is spent once only."""
        gone = self.connection.execute(delete(passes).where(passes.c.digest == digest))
        return gone.rowcount > 0

    def forget_passes(self, kind: str, before: int) -> None:
        """Forget the passes of a kind that had expired by a time."""
        gone = delete(passes).where(passes.c.kind == kind, passes.c.expires < before)
        self.connection.execute(gone)

    def failures(self, key: str, since: int, *, to_change: bool = False) -> int:
        """Failed tries of a key (account, address) since a time.

        `to_change` keeps other writers of this key off until the end.
        """
        if to_change:
            self.lock("tries " + key)
        query = select(func.count()).where(failures.c.key == key, failures.c.at >= since)
        return self.connection.scalar(query) or 0

    def add_failure(self, key: str, at: int) -> int:
        """One more failed try; old ones are forgotten. Answers its number."""
        self.connection.execute(delete(failures).where(failures.c.at < at - FORGET_MS))
        added = insert(failures).returning(failures.c.number)
        return int(self.connection.execute(added, {"key": key, "at": at}).scalar_one())

    def forget_failures(self, numbers: Sequence[int]) -> None:
        """These tries did not fail."""
        self.connection.execute(delete(failures).where(failures.c.number.in_(numbers)))

    def _members(self, condition: ColumnElement[bool]) -> list[Member]:
        query = (
            select(people.c.body, workspaces.c.body.label("place"), memberships.c.roles)
            .join(people, people.c.id == memberships.c.person)
            .join(workspaces, workspaces.c.id == memberships.c.workspace)
            .where(condition)
            .order_by(memberships.c.workspace, memberships.c.person)
        )
        return [
            Member(
                _person.decode(row.body),
                _workspace.decode(row.place),
                msgspec.convert(row.roles.split(), tuple[Role, ...]),
            )
            for row in self.connection.execute(query)
        ]
