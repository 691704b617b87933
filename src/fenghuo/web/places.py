"""The places of the product in the order in which people go through them."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """An entry of the bar: `low` at its foot, `parted` by a line above it.

    `more`: on a phone it stands behind the fifth tab. `under`: other paths that belong to it.
    """

    name: str
    path: str
    icon: str
    under: tuple[str, ...] = ()
    parted: bool = False
    low: bool = False
    more: bool = False

    def holds(self, path: str) -> bool:
        """Whether a page of this path is in this place."""
        if self.path == "/":
            return path == "/" or path.startswith(self.under)
        return path == self.path or path.startswith((self.path + "/", *self.under))


PLACES = (
    Place("situation", "/", "compass", ("/watch",)),
    Place("alerts", "/alerts", "bell"),
    Place("story_list", "/stories", "stack-2", more=True),
    Place("mentions", "/mentions", "messages"),
    Place("by_hand", "/by-hand", "message-plus", parted=True),
    Place("sources", "/sources", "antenna", low=True, more=True),
    Place("settings", "/settings", "settings", more=True),
)
