"""Strategies: queries of every form, and texts in which they may be found."""

from hypothesis import strategies as st

from fenghuo.listen.query import Query, QueryError, parse

WORDS = [
    *("gap", "fire", "charger", "e-bike", "café"),
    *("充电宝", "电池", "安克", "バッテリー", "애플", "배터리"),
    *("شاحن", "ไฟไหม้", "มา", "ёлка", "🔥", "👍🏽", "nuvolt充电宝", "iphone15", "हिन्दी", "don't"),
]  # fmt: skip
OTHER_TERMS = [
    *("explod*", "*phobic", "colo?r", "充电*", "充?电宝"),
    *("电*充电", "배터*", "#NuvoltFail", "@NuvoltHelp", "#gap"),
    *("raw:GAP", 'raw:"H&M"', "raw:C++", "raw:电", "raw:플", 'raw:"15"', '"caught fire"', "#nuv*"),
    *('"fire charger"~2', '"电池 爆炸"~4', "title:gap", "lang:de", "has:link", "author:joe"),
]  # fmt: skip
_PIECES = [
    *WORDS,
    *("Gap", "Singapore", "exploded", "xenophobic", "colour", "#NuvoltFail", "#nuvoltfail", "@gap"),
    *("@NuvoltHelp", "H&M", "GAP", "GAPS", "C++"),
    *("15", "파인애플", "애플이", "والشاحن", "ม้า", "充"),
    *("电", "宝", "caught fire", "爆炸", "#"),
    *("@", "https://x.com/gap", "，", "。", "\u200b", "\u0301"),
    *("\u200d", "\ufe0f", "ß", "ㄱ", "ㅏ", "\u20e3", "ﷺ", "™", "\n"),
]  # fmt: skip

TEXTS = st.lists(
    st.tuples(st.sampled_from(_PIECES), st.sampled_from([" ", "", "", ", "])), max_size=14
).map(lambda pairs: "".join(word + space for word, space in pairs))

_TERMS = st.sampled_from(WORDS + OTHER_TERMS)


def _grow(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    words = st.sampled_from(WORDS)
    pairs = st.tuples(smaller, smaller)
    return st.one_of(
        pairs.map(lambda two: f"({two[0]} {two[1]})"),
        pairs.map(lambda two: f"({two[0]} OR {two[1]})"),
        pairs.map(lambda two: f"({two[0]} -{two[1]})"),
        st.tuples(words, words, st.integers(0, 6)).map(lambda t: f"({t[0]} NEAR/{t[2]} {t[1]})"),
        st.tuples(words, words).map(lambda t: f"({t[0]} NEAR/2f ({t[1]} OR fire))"),
    )


def _read(text: str) -> Query:
    try:
        return parse(text)
    except QueryError as error:  # a strategy that writes a wrong query is a fault of the tests
        raise AssertionError(text) from error


QUERIES = st.recursive(_TERMS, _grow, max_leaves=6).map(_read)
