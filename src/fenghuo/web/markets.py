"""Markets as people write them: two letters, or the name of a country in either language."""

import re
from collections.abc import Iterable
from functools import cache

from fenghuo.domain.market import COMMONEST, MARKETS, check_markets
from fenghuo.i18n import LANGUAGES, Language, say

_BETWEEN = re.compile("[,，、;；\n]")


def read_markets(typed: Iterable[str]) -> tuple[str, ...]:
    """The codes of what was ticked and typed; BadInput names the first that is no country."""
    parts = [part.strip() for text in typed for part in _BETWEEN.split(text) if part.strip()]
    return check_markets(code for part in parts for code in _codes(part))


def ticked(typed: str) -> tuple[set[str], str]:
    """What of a text of codes stands among the commonest, and the rest as it was typed."""
    parts = [part.strip() for part in _BETWEEN.split(typed) if part.strip()]
    common = {part.lower() for part in parts if part.lower() in COMMONEST}
    return common, ", ".join(part for part in parts if part.lower() not in common)


def market_name(code: str, language: Language) -> str:
    """The name of a country."""
    return say(f"countries.{code}", language)


@cache
def market_names(language: Language) -> tuple[tuple[str, str], ...]:
    """Every code with its name, the names in order."""
    return tuple(sorted(((c, market_name(c, language)) for c in MARKETS), key=lambda row: row[1]))


def _codes(part: str) -> list[str]:
    known = _by_name()
    if part.casefold() in known:
        return [known[part.casefold()]]
    return [known.get(word.casefold(), word) for word in part.split()]


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): c for language in LANGUAGES for c, name in market_names(language)}
