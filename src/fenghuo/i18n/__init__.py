"""The zh-CN and en catalogues; makes sentences of message keys at the edge.

One TOML file an area and language, `catalogue/<language>/<area>.toml`; a key is "area.name".
Both languages hold the same keys with the same placeholders (a test).
"""

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
    return text.format(**values)


def explain(error: FenghuoError, language: Language) -> str:
    """The sentence of an error for the person who sees it."""
    return say(error.key, language, **error.values)
