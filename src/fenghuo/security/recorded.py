"""Changes of people and tokens as facts of their workspace; no secret and no address in them."""

from collections.abc import Sequence

from fenghuo.domain.people import Person, Role, Workspace
from fenghuo.ports.access_store import Pass
from fenghuo.ports.store import Transaction

_NAMING = "member_joined", "roles_changed", "member_removed", "person_changed"
_OWN = "name", "language", "time_zone"
_AT_ONCE = 500


def names_recorded(tx: Transaction, workspace: str) -> dict[str, str]:
    """Names by id as the changes of a workspace tell them, the newest of each."""
    names: dict[str, str] = {}
    before = 0
    while True:
        some = tx.changes.latest(workspace, _NAMING, before, _AT_ONCE)
        for change in some:
            names.setdefault(change.what["person"], change.what["title"])
        if len(some) < _AT_ONCE:
            return names
        before = some[-1].seq


def record_roles(
    tx: Transaction,
    workspace: str,
    at: int,
    person: tuple[str, str],
    roles: tuple[Sequence[Role], Sequence[Role]],
    who: str,
) -> None:
    """A member's roles `roles` (before, after) changed; without any they were taken out."""
    before, after = roles
    fact = "roles_changed" if after else "member_removed"
    told = {"who": who, "person": person[0], "title": person[1], "before": before, "after": after}
    if list(before) != list(after):
        tx.changes.record(workspace, at, fact, told)


def record_joined(
    tx: Transaction, workspace: str, at: int, person: tuple[str, str], roles: Sequence[Role]
) -> None:
    """Somebody followed an invitation."""
    told = {"who": person[0], "person": person[0], "title": person[1], "after": roles}
    tx.changes.record(workspace, at, "member_joined", told)


def record_workspace(tx: Transaction, place: Workspace, owner: Person, at: int) -> None:
    """A workspace was begun, and its first owner joined it."""
    told = {"who": owner.id, "title": place.name, "kind": place.kind}
    tx.changes.record(place.id, at, "workspace_begun", told)
    record_joined(tx, place.id, at, (owner.id, owner.name), ["owner"])


def record_person(tx: Transaction, before: Person, after: Person, at: int) -> None:
    """Somebody changed their own settings: told in each workspace that they belong to."""
    pairs = {name: [getattr(before, name), getattr(after, name)] for name in _OWN}
    fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    told = {"who": after.id, "person": after.id, "title": after.name, "fields": fields}
    for member in tx.access.memberships(after.id) if fields else ():
        tx.changes.record(member.workspace.id, at, "person_changed", told)


def record_invited(tx: Transaction, given: Pass, at: int, who: str) -> None:
    """An invitation was made."""
    told = {"who": who, "after": given.scopes}
    tx.changes.record(given.workspace, at, "member_invited", told)


def record_token(tx: Transaction, held: Pass, at: int, who: str, *, made: bool) -> None:
    """An API token was made or withdrawn."""
    told = {"who": who, "title": held.title, "scopes": held.scopes}
    fact = "token_made" if made else "token_withdrawn"
    tx.changes.record(held.workspace, at, fact, told)
