"""The named lists of workspaces, as the listening room asks for them."""

from typing import Protocol

from fenghuo.domain.named_list import NamedList


class ListStore(Protocol):
    """Named lists, in one transaction."""

    def hold(self, workspace: str) -> None:
        """Keep others from changing what lists hold, or which watch uses them, until the end."""
        ...

    def all(self, workspace: str) -> list[NamedList]:
        """The lists of a workspace, by name."""
        ...

    def save(self, workspace: str, named: NamedList) -> None:
        """Keep a list; one of the same name is rewritten."""
        ...

    def remove(self, workspace: str, name: str) -> None:
        """Forget a list."""
        ...
