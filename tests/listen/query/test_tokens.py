"""Full text: tokens that no database splits, and a filter that never loses a post."""

import re

from hypothesis import given, settings
from listen.query.samples import post
from listen.query.writers import QUERIES, TEXTS

from fenghuo.listen.query import Matcher, Query, index_tokens, narrow, parse
from fenghuo.ports.narrow import All, Any, Narrow, Token


def admits(wanted: Narrow, tokens: set[str]) -> bool:
    """What a database does with the filter."""
    match wanted:
        case Token(text, prefix):
            return text in tokens or (prefix and any(token.startswith(text) for token in tokens))
        case All(parts):
            return all(admits(part, tokens) for part in parts)
        case Any(parts):
            return any(admits(part, tokens) for part in parts)


@settings(max_examples=400)
@given(QUERIES, TEXTS, TEXTS)
def test_every_post_that_a_query_hits_passes_its_filter(
    query: Query, title: str, text: str
) -> None:
    one = post(text, title=title)
    wanted = narrow(query)
    if wanted is not None and Matcher({"q": query}).match(one):
        assert admits(wanted, set(index_tokens(one.words)))


@given(TEXTS)
def test_a_token_is_letters_and_digits_of_ascii_and_begins_with_its_kind(text: str) -> None:
    for token in index_tokens(text):
        assert re.fullmatch(r"[a-z][a-z0-9]+", token)


def test_words_are_readable_and_chinese_gives_single_characters_and_pairs() -> None:
    assert index_tokens("Nuvolt charger") == ["wnuvolt", "wcharger"]
    assert index_tokens("充电") == ["cx5145x", "cx7535x", "bx5145xyx7535x"]
    assert "tnuvoltfail" in index_tokens("#NuvoltFail")
    assert "mnuvolt" in index_tokens("@nuvolt")
    assert index_tokens("see https://gap.com/jeans") == ["wsee"]


def test_the_filter_of_a_query_is_as_narrow_as_its_words_allow() -> None:
    assert narrow(parse("nuvolt explod* -fire lang:de")) == All(
        (Token("wnuvolt"), Token("wexplod", prefix=True))
    )
    assert narrow(parse("애플")) == Token("hxc560xxd50cx", prefix=True)
    assert narrow(parse("充电")) == Token("bx5145xyx7535x")
    assert narrow(parse("a OR b")) == Any((Token("wa"), Token("wb")))


def test_a_query_that_names_nothing_cannot_narrow() -> None:
    for text in ("lang:de", "-fire", "fire OR lang:de", "*phobic", 'raw:"++"', "raw:플"):
        assert narrow(parse(text)) is None


def test_very_long_units_are_cut_alike_on_both_sides() -> None:
    text = "a" * 500
    tokens = set(index_tokens(text))
    wanted = narrow(parse(text))
    assert wanted is not None
    assert admits(wanted, tokens)
    assert max(map(len, tokens)) < 100
