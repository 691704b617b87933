"""A post's words inside a message: short, and so plain that no chat tool acts on them.

Whoever writes a post could else ping a whole group, draw people to an address, or paint over the
message around it.
"""

import re

LONGEST = 160
"""Signs of a quotation. More: the reasons of the alert leave a lock screen."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)
_DOTTED = re.compile(r"(?<=\w)\.(?=[a-z]{2})", re.IGNORECASE)
_PAINT = re.compile(r"[`*_~|\[\]{}\\]+")
_PLAIN = str.maketrans({"@": "\uff20", "<": "\u2039", ">": "\u203a"})
LINK = "\u2026"


def quote(words: str) -> str:
    """The words as a quotation: no address, no mention, no markup, one line; "" of nothing."""
    bare = _ADDRESS.sub(LINK, words[: 20 * LONGEST])
    bare = _PAINT.sub(" ", bare).translate(_PLAIN)
    # A chat tool makes a link of "example.com" too.
    bare = " ".join(_DOTTED.sub(". ", bare).split())
    return bare if len(bare) <= LONGEST else bare[: LONGEST - 1].rstrip() + "\u2026"
