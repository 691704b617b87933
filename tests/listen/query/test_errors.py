"""What is wrong, where, and what to write instead, in both languages."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listen.query.samples import LISTS, hits

from fenghuo.i18n import LANGUAGES, catalogue, explain, say
from fenghuo.listen.query import Query, QueryError, Use, parse

# query → (name of the message, position, what to write instead)
ERRORS = {
    '"open': ("quote_open", 1, '"open"'),
    '"': ("quote_empty", 1, ""),
    'nuvolt " ': ("quote_empty", 8, ""),
    'nuvolt ""': ("quote_empty", 8, ""),
    "(a OR b": ("bracket_open", 1, "(a OR b)"),
    "a)": ("bracket_close", 2, "a"),
    "nuvolt AND": ("nothing_right", 8, "nuvolt"),
    "OR x": ("nothing_left", 1, "x"),
    "a AND OR b": ("nothing_right", 3, "a OR b"),
    "nuvolt NOT": ("nothing_right", 8, "nuvolt"),
    "()": ("bracket_empty", 1, ""),
    "nuvolt ( )": ("bracket_empty", 8, "nuvolt"),
    "(": ("bracket_open", 1, "( … )"),
    ")": ("bracket_close", 1, ""),
    "": ("empty", 1, ""),
    "  \n": ("empty", 1, ""),
    "-refund": ("no_anchor", 1, "yourbrand -refund"),
    "lang:de": ("no_anchor", 1, "yourbrand lang:de"),
    "lang:de OR nuvolt": ("no_anchor", 1, "yourbrand lang:de OR nuvolt"),
    "nuvolt OR lang:de -x": ("no_anchor", 11, "nuvolt OR yourbrand lang:de -x"),
    "nuvolt NEAR/3 -bad": ("near_words_only", 15, "nuvolt AND -bad"),
    "nuvolt NEAR/3 lang:de": ("near_words_only", 15, "nuvolt AND lang:de"),
    "rating:1 NEAR nuvolt": ("near_words_only", 1, "rating:1 AND nuvolt"),
    "nuvolt NEAR (a b)": ("near_words_only", 14, "nuvolt AND (a b)"),
    "nuvolt NEAR/x bad": ("near_form", 8, "NEAR/5"),
    "nuvolt NEAR/101 bad": ("too_far", 8, "NEAR/100"),
    '"a b"~101': ("too_far", 1, '"a b"~100'),
    "foo:bar nuvolt": ("unknown_field", 1, '"foo:bar"'),
    "nuvolt https://www.gap.com/x": ("link_typed", 8, "link:gap.com/x"),
    '"see www.gap.com"': ("link_typed", 1, "link:gap.com"),
    "++": ("only_symbols", 1, 'raw:"++"'),
    '"!?"': ("only_symbols", 1, 'raw:"!?"'),
    "#": ("only_symbols", 1, 'raw:"#"'),
    "nuvolt - charger": ("only_symbols", 8, 'raw:"-"'),
    "ab*": ("wildcard_short", 1, "ab"),
    "*": ("wildcard_short", 1, ""),
    "nuvolt 充*": ("wildcard_short", 8, "充"),
    "c*a*t*h": ("wildcard_many", 1, "c*"),
    "#ab*": ("wildcard_short", 1, "#ab"),
    "author:nuv* x": ("wildcard_value", 8, "nuv"),
    "rating:high": ("bad_number", 8, "rating:<=2"),
    "x followers:10k": ("bad_number", 13, "followers:>=1000"),
    "x rating:5..2": ("bad_range", 10, "rating:2..5"),
    "x type:tweet": ("bad_value", 8, "type:ticket"),
    "x has:picture": ("bad_value", 7, "has:image"),
    "x lang:zh-CN": ("bad_value", 8, "lang:zh"),
    "x lang: de": ("value_missing", 3, "lang:de"),
    "x lang:(de fr)": ("values_or", 12, "lang:(de OR fr)"),
    "x lang:(de OR fr": ("bracket_open", 8, "lang:(de OR fr)"),
    'raw: "H&M"': ("raw_form", 1, 'raw:"H&M"'),
    "#nuvolt-fail": ("bad_tag", 1, "#nuvoltfail"),
    "@nuvolt!": ("bad_handle", 1, "@nuvolt"),
    "@list(pres)": ("list_unknown", 1, "@list(press)"),
    "author:@list(pre) x": ("list_unknown", 8, "@list(press)"),
    "@list()": ("list_form", 1, "@list(press)"),
    "@list(none)": ("list_empty", 1, ""),
    "nuvolt sentiment:negative": ("not_in_watch", 8, ""),
    "nuvolt cue:(fire OR injury)": ("not_in_watch", 8, ""),
    "(" * 21 + "a" + ")" * 21: ("too_deep", 21, ""),
    "NOT " * 21 + "a": ("too_deep", 81, ""),
    "a " * 501: ("too_many_terms", 1001, ""),
    "a" * 4097: ("too_long", 4097, ""),
}

WARNINGS = {
    "C++": ("symbols_dropped", 1, 'raw:"C++"'),
    "nuvolt H&M": ("symbols_dropped", 8, 'raw:"H&M"'),
    '"AT&T store"': ("symbols_dropped", 1, 'raw:"AT&T store"'),
    "nuvolt and charger": ("small_operator", 8, "AND"),
    "nuvolt the": ("very_common", 8, ""),
    "nuvolt 安克": ("inside_words", 8, ""),
    "nuvolt #NuvoltFail": ("camel_tag", 8, "Nuvolt Fail"),
}


def _error(query: str) -> QueryError:
    lists = {**LISTS, "none": ["", " "]}
    with pytest.raises(QueryError) as caught:
        parse(query, lists=lists, use="watch")
    return caught.value


@pytest.mark.parametrize("query", ERRORS, ids=lambda query: query[:30])
def test_an_error_points_at_the_place_and_says_what_to_write(query: str) -> None:
    error = _error(query)
    assert (error.key.removeprefix("query."), error.position, error.suggestion) == ERRORS[query]


@pytest.mark.parametrize("query", ERRORS, ids=lambda query: query[:30])
def test_both_languages_name_the_place_and_hold_the_cure(query: str) -> None:
    error = _error(query)
    for language in LANGUAGES:
        sentence = explain(error, language)
        assert error.suggestion in sentence
        assert str(error.position) in sentence or error.key in ("query.empty",)
        assert len(sentence) > 8


@pytest.mark.parametrize("query", WARNINGS)
def test_a_warning_lets_the_query_through_and_says_what_may_have_been_meant(query: str) -> None:
    name, position, suggestion = WARNINGS[query]
    found = parse(query).warnings
    assert [(one.key, one.position, one.suggestion) for one in found] == [
        (f"query.{name}", position, suggestion)
    ]
    for language in LANGUAGES:
        assert suggestion in say(found[0].key, language, **found[0].values)


@pytest.mark.parametrize(
    "cure", [cure for _, _, cure in ERRORS.values() if cure and "…" not in cure and cure != "c*"]
)
def test_what_an_error_suggests_can_be_read(cure: str) -> None:
    fragment = f"nuvolt {cure}" if not cure.startswith("NEAR/") else f"nuvolt {cure} x"
    parse(fragment, lists=LISTS)


def test_every_message_of_the_query_language_has_both_languages_and_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    chinese, english = catalogue("zh-CN"), catalogue("en")
    names = [key for key in english if key.startswith("query.")]
    assert len(names) > 40
    for key in names:
        assert places(chinese[key]) == places(english[key])


def test_a_common_mistake_with_a_field_gets_the_nearest_one() -> None:
    assert _error("foo:bar nuvolt").values["nearest"] == "followers"
    assert _error("auther:joe nuvolt").values["nearest"] == "author"
    assert _error("langs:de nuvolt").values["nearest"] == "lang"


def test_a_search_may_consist_of_filters_only_and_ask_for_understanding() -> None:
    assert hits("lang:de", "egal", lang="de-AT")
    assert not hits("lang:de", "whatever", lang="en")
    assert hits("-refund", "hello")
    assert str(parse("sentiment:negative crisis:product cue:fire")) == (
        "(sentiment:negative AND crisis:product AND cue:fire)"
    )


def test_limits_are_inclusive() -> None:
    assert parse("(" * 20 + "a" + ")" * 20)
    assert parse(" ".join(["a"] * 500))
    assert parse("a NEAR/100 b")
    assert parse("a" * 4096)


_SIGNS = st.sampled_from(
    [
        *("nuvolt", "充电宝", "AND", "OR", "NOT", "NEAR/3", "NEAR", "-", "(", ")", '"', "“", "）"),
        *("*", "?", "raw:", "lang:", "title:", "rating:<=", "@list", "press", "#", "@", "~2", " "),
        *("author:", "..", "5", "https://x.com/", "\ud800", "\ue000", "\u200d", "é", "﷽", "ㄱ"),
    ]
)


def _read(text: str, use: Use) -> Query | QueryError:
    try:
        return parse(text, lists=LISTS, use=use)
    except QueryError as error:
        return error


@given(st.one_of(st.text(max_size=80), st.lists(_SIGNS, max_size=25).map("".join)))
def test_any_text_is_a_query_or_a_query_error_and_a_query_reads_back_the_same(text: str) -> None:
    uses: tuple[Use, ...] = ("watch", "search")
    for read in (_read(text, use) for use in uses):
        if isinstance(read, Query):
            assert parse(str(read), lists=LISTS).tree == read.tree
        else:
            assert 1 <= read.position <= len(text) + 1
            assert all(explain(read, language) for language in LANGUAGES)
