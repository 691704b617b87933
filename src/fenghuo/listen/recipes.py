"""Recipes: where a kind of feed is found, with blanks for what a person knows.

    https://{host}/posts.rss        host: "community.example.com"

A slot in capitals is the same value in capitals. Recipes are knowledge and lie in data.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

import msgspec

from fenghuo.domain.errors import BadInput

_FIT = {
    "market": re.compile("[a-z]{2}"),
    "language": re.compile("[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})?"),
    "host": re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}"),
    "app": re.compile("[0-9]{3,20}"),
}
_ANY = re.compile(r"(?s)\S(.{0,300}\S)?")
SLOTS = ("query", "market", "app", "host", "place", "account")
"""What a person may be asked for."""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a kind of feed is found.

    `markets`: for each market that it knows (two letters), what the other slots are there.
    `verified` only when it was read once from a machine of ours.
    """

    name_zh: str
    name_en: str
    pattern: str
    kind: Literal["article", "review", "post", "comment", "video"]
    verified: bool
    note_zh: str
    note_en: str
    platform: str = "feeds"
    markets: Mapping[str, Mapping[str, str]] = {}

    @property
    def slots(self) -> tuple[str, ...]:
        """What a person must say, in the order to ask; what a market fills is not asked."""
        known = {name for fills in self.markets.values() for name in fills}
        named = _named(self.pattern) | ({"market"} if self.markets else set())
        return tuple(name for name in SLOTS if name in named - known)


def recipes_of(file: bytes) -> dict[str, Recipe]:
    """The recipes of a file by name; msgspec.ValidationError says what is wrong with one."""
    return msgspec.convert(tomllib.loads(file.decode()), dict[str, Recipe])


def fill(recipe: Recipe, values: Mapping[str, str]) -> dict[str, str]:
    """The options of a source by this recipe; BadInput when a slot is empty or does not fit.

    Every value is quoted, so that it stays within its place of the address.
    """
    given = {name: values.get(name, "").strip() for name in recipe.slots}
    for name in ("market", "host"):
        if name in given:
            given[name] = given[name].lower()
    for name, value in given.items():
        if not value:
            raise BadInput("sources.option_missing", option=name)
        if not _FIT.get(name, _ANY).fullmatch(value):
            raise BadInput("sources.option_wrong", option=name, value=value)
    market = given.get("market", "")
    if recipe.markets and market not in recipe.markets:
        raise BadInput("sources.option_wrong", option="market", value=market)
    whole = given | dict(recipe.markets.get(market, {}))
    small = {name: quote(value, safe="") for name, value in whole.items()}
    large = {name.upper(): quote(value.upper(), safe="") for name, value in whole.items()}
    url = recipe.pattern.format(**small, **large)
    return {"url": url, "kind": recipe.kind, "country": market}


def _named(pattern: str) -> set[str]:
    return {name.lower() for _, name, _, _ in string.Formatter().parse(pattern) if name}
