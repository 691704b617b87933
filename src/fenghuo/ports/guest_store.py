"""What is kept of guests: who sees what by a link."""

from typing import Protocol

from fenghuo.domain.guest import Guest


class GuestStore(Protocol):
    """The guests of all workspaces, in one transaction."""

    def save_guest(self, guest: Guest) -> None:
        """Insert or rewrite a guest."""
        ...

    def guests(self, workspace: str) -> list[Guest]:
        """The guests of a workspace, newest first, those whose link is over too."""
        ...

    def guest_by_token(self, token: str, *, to_change: bool = False) -> Guest | None:
        """The guest whose link has a secret of this digest.

        `to_change` keeps other writers off it until the end.
        """
        ...
