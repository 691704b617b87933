"""Full text over made tokens: the same answers from both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage.rows import OURS, add, mention, post

from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.narrow import All, Any, Narrow, Token
from fenghuo.storage import Database, Transaction
from fenghuo.storage.words import LONGEST, MOST, distinct

TEXTS = {
    "1": "u6c34u58f6 u58f6u7740 u7740u706b kettle",
    "2": "u6c34u58f6 kettles the and of 1e5 2026",
    "3": "",
    "4": "not or and near",
}


def fill(tx: Transaction) -> None:
    for name, tokens in TEXTS.items():
        add(tx, mention(post(name)), tokens=tokens)


def found(tx: Transaction, narrow: Narrow) -> set[str]:
    return {m.post.id for m in tx.listen.search(MentionSearch(OURS, narrow=narrow))}


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (Token("u6c34u58f6"), {"1", "2"}),
        (Token("u7740u706b"), {"1"}),
        (Token("kettle"), {"1"}),
        (Token("kettle", prefix=True), {"1", "2"}),
        (Token("kettl"), set()),
        (Token("the"), {"2"}),
        (Token("1e5"), {"2"}),
        (Token("202", prefix=True), {"2"}),
        (Token("and"), {"2", "4"}),
        (Token("near"), {"4"}),
        (All((Token("u6c34u58f6"), Token("kettles"))), {"2"}),
        (Any((Token("u7740u706b"), Token("near"))), {"1", "4"}),
        (All((Any((Token("or"), Token("kettle"))), Token("kettle"))), {"1"}),
        (All(()), {"1", "2", "3", "4"}),
        (Any(()), set()),
        (All((Token("kettle"), All(()))), {"1"}),
        (Any((Token("kettle"), All(()))), {"1", "2", "3", "4"}),
        (Any((Token("kettle"), All((Any(()), Token("near"))))), {"1"}),
    ],
)
def test_a_tree_of_tokens_finds_the_texts_that_hold_them(
    database: Database, narrow: Narrow, expected: set[str]
) -> None:
    with database.transaction() as tx:
        fill(tx)
        assert found(tx, narrow) == expected


WORDS = ["aa", "ab", "abc", "b", "b1"]
trees: st.SearchStrategy[Narrow] = st.recursive(
    st.builds(Token, st.sampled_from([*WORDS, "a", "c"]), st.booleans()),
    lambda parts: (
        st.builds(All, st.lists(parts, max_size=3).map(tuple))
        | st.builds(Any, st.lists(parts, max_size=3).map(tuple))
    ),
    max_leaves=8,
)
TRUTHS = {f"t{n}": [w for place, w in enumerate(WORDS) if n >> place & 1] for n in range(32)}


def holds(narrow: Narrow, words: list[str]) -> bool:
    if isinstance(narrow, Token):
        return any(w.startswith(narrow.text) if narrow.prefix else w == narrow.text for w in words)
    parts = [holds(part, words) for part in narrow.parts]
    return all(parts) if isinstance(narrow, All) else any(parts)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(narrow=trees)
def test_any_tree_finds_what_plain_logic_finds(database: Database, narrow: Narrow) -> None:
    with database.transaction() as tx:
        for name, words in TRUTHS.items():
            add(tx, mention(post(name)), tokens=" ".join(words))
        wanted = {name for name, words in TRUTHS.items() if holds(narrow, words)}
        assert found(tx, narrow) == wanted


def test_what_is_no_token_is_refused_before_it_reaches_the_database(database: Database) -> None:
    with database.reading() as tx:
        for bad in ("", "Kettle", 'a" OR "b', "水壶", "a b", "a*"):
            with pytest.raises(ValueError, match="not a token"):
                found(tx, All((Token("kettle"), Token(bad))))


def test_a_very_long_word_and_a_very_long_text_are_indexed_within_the_limits(
    database: Database,
) -> None:
    long = "z" * 5_000
    many = " ".join(f"w{number}" for number in range(200_000))
    with database.transaction() as tx:
        add(tx, mention(post("1")), tokens=f"{long} kettle")
        add(tx, mention(post("2")), tokens=many)
        assert found(tx, Token(long)) == {"1"}
        assert found(tx, Token("kettle")) == {"1"}
        assert found(tx, Token("w77")) == {"2"}


def test_each_word_is_kept_once_and_cut_where_the_databases_need_it() -> None:
    assert distinct("b a b  a") == "b a"
    assert distinct("q" * 2_000) == "q" * LONGEST
    assert distinct("") == ""
    capped = distinct(" ".join(f"word{number}" for number in range(200_000)))
    assert MOST - 20 < len(capped) <= MOST
    assert capped.endswith("word" + capped.rpartition("word")[2])
