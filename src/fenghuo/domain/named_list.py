"""A named list: terms of a workspace that queries name together, as `@list(press)`."""

import msgspec


class NamedList(msgspec.Struct, frozen=True):
    """Words, phrases, tags, handles or names of authors; `name` is folded to lower case."""

    name: str
    entries: tuple[str, ...]
