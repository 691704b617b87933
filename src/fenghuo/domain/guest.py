"""Guests: people outside the team who see one thing by a link, until it is over."""

from typing import Literal, get_args

import msgspec

from fenghuo.domain.people import Role

SharedKind = Literal["alert", "story"]
SHARED_KINDS: tuple[SharedKind, ...] = get_args(SharedKind)
_PATHS: dict[SharedKind, str] = {"alert": "alerts", "story": "stories"}
HOUR_MS = 3_600_000


class Shared(msgspec.Struct, frozen=True):
    """One thing that a guest may see; `id` is what stands behind its kind in its page's address."""

    kind: SharedKind
    id: str

    @property
    def path(self) -> str:
        """The page of the thing for the team."""
        return f"/{_PATHS[self.kind]}/{self.id}"


class NewGuest(msgspec.Struct, frozen=True):
    """What somebody types who shares a thing; `label` is an address or a note, for the team."""

    shared: Shared
    name: str
    label: str
    language: Literal["zh-CN", "en"]
    time_zone: str
    hours: int


class Guest(msgspec.Struct, frozen=True):
    """Somebody who holds a link to one thing. Times in milliseconds UTC of the real clock.

    `token` is the digest of the link's secret; `by` the member who shared; `opened` when the
    link was first opened, `seen` when last, `revoked` when it was taken back; 0 for never.
    """

    id: str
    workspace: str
    shared: Shared
    name: str
    label: str
    language: Literal["zh-CN", "en"]
    time_zone: str
    by: str
    made: int
    until: int
    token: str
    opened: int = 0
    seen: int = 0
    revoked: int = 0

    @property
    def roles(self) -> tuple[Role, ...]:
        """What a link makes of whoever holds it."""
        return ("guest",)

    def is_over(self, at: int) -> bool:
        """Whether the link opens nothing any more at a time."""
        return bool(self.revoked) or at >= self.until
