"""The zh-CN and en catalogues; makes sentences of message keys at the edge.

One TOML file an area and language, `catalogue/<language>/<area>.toml`; a key is "area.name".
Both languages hold the same keys with the same placeholders (a test). A blank `{name:said}` takes a
key instead of a text, which is said in its place with the same values. A blank
`{name:post|posts}` holds the first words for one, the second for any other number.
"""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from fenghuo.domain.errors import FenghuoError

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every message of a language by its full key "area.name"."""
    messages: dict[str, str] = {}
    for file in sorted(files(__name__).joinpath("catalogue", language).iterdir(), key=str):
        area = file.name.removesuffix(".toml")
        for name, text in tomllib.loads(file.read_text("utf8")).items():
            messages[f"{area}.{name}"] = text
    return messages


def say(key: str, language: Language, /, **values: object) -> str:
    """The sentence of a key; KeyError when the catalogue lacks it (the tests look at all).

    Where a text has two forms ("1 post || {n} posts"), the first is for one `n`.
    """
    one, _, many = catalogue(language)[key].partition(" || ")
    text = many if many and str(values.get("n")) != "1" else one
    if ":said}" in text or "|" in text:
        return _Nested(language, values).vformat(text, (), values)
    return text.format(**values)


class _Nested(string.Formatter):
    """Fills a blank with what its value is the key of, or with the words that fit its number."""

    def __init__(self, language: Language, values: Mapping[str, object]) -> None:
        self._language = language
        self._values = values

    def format_field(self, value: object, format_spec: str) -> str:
        one, either, many = format_spec.partition("|")
        if either:
            return one if str(value) == "1" else many
        if format_spec != "said":
            return str(super().format_field(value, format_spec))
        key = str(value)
        # What has no key is shown as it is: a name, or the words of an older version.
        return say(key, self._language, **self._values) if key in catalogue(self._language) else key


def explain(error: FenghuoError, language: Language) -> str:
    """The sentence of an error for the person who sees it."""
    return say(error.key, language, **error.values)
