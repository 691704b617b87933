"""People: roles, what each may do, workspaces and their members."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

import msgspec

Role = Literal[
    "owner", "lead", "pr", "marketing", "legal", "tech", "service", "store", "quality",
    "analyst", "viewer", "guest",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
Permission = Literal[
    "read", "hand_in", "judge", "watch", "sources", "people", "tokens", "export", "duty",
    "channels", "share", "see_shared", "privacy",
]  # fmt: skip
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

_WORK: frozenset[Permission] = frozenset({"read", "hand_in", "judge"})
# "channels" is the owner's alone: a channel carries what happens here to the outside.
_MAY: dict[Role, frozenset[Permission]] = {
    "owner": frozenset(PERMISSIONS),
    "lead": _WORK | {"watch", "sources", "export", "duty", "share", "privacy"},
    "pr": _WORK | {"watch", "export"},
    "marketing": _WORK | {"watch"},
    "legal": _WORK | {"export", "privacy"},
    "tech": _WORK | {"sources"},
    "service": _WORK,
    "store": frozenset({"read", "hand_in"}),
    "quality": _WORK,
    "analyst": frozenset({"read", "hand_in", "export"}),
    "viewer": frozenset({"read"}),
    # The one thing of the link that was given to them; no page of the workspace.
    "guest": frozenset({"see_shared"}),
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody with these roles may do this; the one place that says so."""
    return any(permission in _MAY[role] for role in roles)


class Scale(msgspec.Struct, frozen=True):
    """Workspace time began at `start` when the real clock stood at `since`, and runs `factor`×."""

    start: datetime
    since: datetime
    factor: float


class Workspace(msgspec.Struct, frozen=True):
    """A tenant. `kind` demo and drill never reach the real world; they may have their own time."""

    id: str
    name: str
    kind: Literal["real", "demo", "drill"] = "real"
    scale: Scale | None = None


class Person(msgspec.Struct, frozen=True):
    """Somebody who can sign in; `email` is folded to lower case."""

    id: str
    email: str
    name: str
    language: Literal["zh-CN", "en"] = "zh-CN"
    time_zone: str = "Asia/Shanghai"


class Newcomer(msgspec.Struct, frozen=True):
    """What a new person tells of themselves; the password is hashed and forgotten."""

    email: str
    name: str
    password: str
    language: Literal["zh-CN", "en"] = "zh-CN"

    def __repr__(self) -> str:
        """Without the password: it must not reach a log."""
        return f"Newcomer({self.email!r}, {self.name!r})"


class Member(msgspec.Struct, frozen=True):
    """A person in a workspace with their roles."""

    person: Person
    workspace: Workspace
    roles: tuple[Role, ...]

    def may(self, permission: Permission) -> bool:
        """Whether this member may do this here."""
        return may(self.roles, permission)
