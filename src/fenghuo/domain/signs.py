"""Halves of a sign: JSON can write one ("\\ud83d"), but nothing can store it or read it on.

Exports that cut texts after so many UTF-16 units leave them behind, mostly of an emoji.
"""

import re

LONE = re.compile("[\ud800-\udfff]")
INSTEAD = "\ufffd"

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a whole sign
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.S,
)


def whole_text(text: str) -> str:
    """The text with U+FFFD for every half, so that it can be encoded."""
    return LONE.sub(INSTEAD, text)


def whole_json(line: bytes) -> bytes:
    """JSON with U+FFFD for every half that it escapes; the line itself where there is none."""
    if b"\\ud" not in line and b"\\uD" not in line:
        return line
    mended = _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], line)
    return line if mended == line else mended
