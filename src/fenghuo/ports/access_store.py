"""What is kept of people: workspaces, members, sessions, tokens, invitations, failed sign-ins."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.people import Member, Person, Role, Workspace


class Pass(msgspec.Struct, frozen=True):
    """A session, an API token or a one-time link: only the digest of its secret is kept.

    `kind` session, token, first_owner, invite, delivery or known_address; `scopes` permissions of
    a token or roles of an invitation; `expires` in milliseconds UTC, 0 for never; `seen` when it
    was last used.
    """

    digest: bytes
    kind: str
    expires: int
    person: str = ""
    workspace: str = ""
    title: str = ""
    scopes: tuple[str, ...] = ()
    made: int = 0
    seen: int = 0


class AccessStore(Protocol):
    """People and their passes, in one transaction."""

    def save_workspace(self, workspace: Workspace) -> None:
        """Insert or rewrite a workspace."""
        ...

    def workspaces(self) -> list[Workspace]:
        """All workspaces, oldest first."""
        ...

    def save_person(self, person: Person, password: str | None = None) -> None:
        """Insert or rewrite a person; a hash, not a password, or None to leave it."""
        ...

    def person(self, person: str) -> Person | None:
        """A person by id."""
        ...

    def by_email(self, email: str) -> tuple[Person, str] | None:
        """A person and their password hash."""
        ...

    def join(self, workspace: str, person: str, roles: Sequence[Role]) -> None:
        """Give a person these roles in a workspace; none takes them out."""
        ...

    def memberships(self, person: str) -> list[Member]:
        """Where a person belongs."""
        ...

    def members(self, workspace: str, *, to_change: bool = False) -> list[Member]:
        """Who belongs to a workspace; `to_change` keeps other writers off it until the end."""
        ...

    def save_pass(self, given: Pass) -> None:
        """Insert or rewrite a pass."""
        ...

    def touch_pass(self, digest: bytes, seen: int) -> None:
        """Keep when a pass was last used; one that was dropped meanwhile stays dropped."""
        ...

    def find_pass(self, digest: bytes) -> Pass | None:
        """The pass of this digest."""
        ...

    def passes(self, workspace: str, kind: str) -> list[Pass]:
        """The passes of a kind in a workspace."""
        ...

    def drop_pass(self, digest: bytes) -> bool:
        """Forget a pass; False when it was gone already: so that one is spent once only."""
        ...

    def forget_passes(self, kind: str, before: int) -> None:
        """Forget the passes of a kind that had expired by a time."""
        ...

    def failures(self, key: str, since: int, *, to_change: bool = False) -> int:
        """Failed tries of a key (account, address) since a time.

        `to_change` keeps other writers of this key off until the end.
        """
        ...

    def add_failure(self, key: str, at: int) -> int:
        """One more failed try; old ones are forgotten. Answers its number."""
        ...

    def forget_failures(self, numbers: Sequence[int]) -> None:
        """These tries did not fail."""
        ...
