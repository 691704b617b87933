"""What of a post the models read, and the form in which words are looked for."""

import re
import unicodedata

READ = 1_000
"""Characters that the encoder reads. Its cost grows with length; a post says what it is about
early, and grave words further on are read in a window of their own."""

SEARCHED = 20_000
"""Characters in which grave words are looked for."""

_CUT = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+|[\x00-\x08\x0b-\x1f\x7f-\x9f]|"
                  "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")  # fmt: skip
_SPACE = re.compile(r"\s+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "ااااىه")


def plain(text: str) -> str:
    """Without links, handles, control and invisible characters; white space folded."""
    joined = _CUT.sub(_replace, text[:SEARCHED])
    return _SPACE.sub(" ", joined.replace("#", " ")).strip()


def _replace(match: re.Match[str]) -> str:
    # An invisible character inside a word must not split it; a link or handle stands alone.
    return " " if len(match[0]) > 1 or match[0] < "\x7f" else ""


def fold(text: str) -> str:
    """NFKC, case-folded, Arabic spelling variants and curly apostrophes levelled."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = folded.replace("i\u0307", "i").replace("’", "'")
    return _ARABIC_MARKS.sub("", folded).translate(_ARABIC_LETTERS)


def bare(text: str) -> str:
    """Folded text without the marks on Latin letters: the way people type in a hurry."""
    out: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if not ("\u0300" <= char <= "\u036f"):
            out.append(char)
    return unicodedata.normalize("NFC", "".join(out)).translate(_STROKES)


_STROKES = str.maketrans("łøđı", "lodi")
