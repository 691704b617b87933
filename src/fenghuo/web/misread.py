"""A query that cannot be read, with the place where it goes wrong."""

from collections.abc import Mapping, Sequence

import msgspec
import regex

from fenghuo.app import explain_query
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.i18n import Language, explain

_WORD = regex.compile(r"[@\uff20]list[(\uff08][^)\uff09]*[)\uff09]|(?:\w\p{M}*)+|\X|")
"""What is marked: the list or word that begins at the place, else the sign that stands there; a
letter with its accents, a joined emoji whole."""


class Misread(msgspec.Struct, frozen=True):
    """What is wrong in words; `before`, `at` and `behind` are the query, cut around the place."""

    words: str = ""
    before: str = ""
    at: str = ""
    behind: str = ""

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.words)


def misread(
    error: FenghuoError,
    language: Language,
    queries: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] = {},
) -> Misread:
    """An error as it is shown; of these queries the one that it came of is shown with it.

    `lists` are those that the queries were read with.
    """
    place = int(error.values.get("position", 0))
    for query in queries if place else ():
        if _fails_so(query, lists, error):
            word = _WORD.match(query, place - 1)
            end = word.end() if word else place
            before, at, behind = query[: place - 1], query[place - 1 : end], query[end:]
            return Misread(explain(error, language), before, at or " ", behind)
    return Misread(explain(error, language))


def _fails_so(query: str, lists: Mapping[str, Sequence[str]], error: FenghuoError) -> bool:
    for use in ("watch", "search"):
        try:
            explain_query(query, (), lists, use)
        except BadInput as found:
            if (found.key, found.values) == (error.key, error.values):
                return True
    return False
