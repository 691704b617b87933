"""What full text is asked: a boolean tree of the query language's tokens.

Tokens are words of [a-z0-9], made by the query language from text of any script; the store only
compares them. A tree may let too much through, never too little: the query language looks at
what comes back with the whole query.
"""

from __future__ import annotations

import msgspec


class Token(msgspec.Struct, frozen=True, tag="token"):
    """A word that must be there; with `prefix`, any word that begins so."""

    text: str
    prefix: bool = False


class All(msgspec.Struct, frozen=True, tag="all"):
    """Every part must hold; with no parts it always holds."""

    parts: tuple[Narrow, ...]


class Any(msgspec.Struct, frozen=True, tag="any"):
    """One part must hold; with no parts it never holds."""

    parts: tuple[Narrow, ...]


Narrow = Token | All | Any
