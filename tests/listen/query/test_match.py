"""Many queries at once give what each gives alone; understanding and fields decide as they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listen.query.samples import LISTS, hits, post
from listen.query.writers import QUERIES, TEXTS

from fenghuo.listen.query import Matcher, Query, Understood, parse


@settings(max_examples=150)
@given(st.lists(QUERIES, min_size=1, max_size=12), TEXTS, TEXTS)
def test_many_queries_together_match_as_each_alone(
    queries: list[Query], title: str, text: str
) -> None:
    named = {f"q{number}": query for number, query in enumerate(queries)}
    one = post(text, title=title)
    alone = [name for name, query in named.items() if Matcher({name: query}).match(one)]
    assert list(Matcher(named).match(one)) == alone


@settings(max_examples=150)
@given(QUERIES, TEXTS)
def test_the_scan_lets_through_every_post_that_the_tree_takes(query: Query, text: str) -> None:
    # `why` looks at the units only, `match` scans first.
    matcher = Matcher({"q": query})
    one = post(text)
    assert bool(matcher.match(one)) or not matcher.why("q", one)


@given(QUERIES, TEXTS)
def test_whatever_decided_stands_where_it_says(query: Query, text: str) -> None:
    for hit in Matcher({"q": query}).why("q", post(text)):
        assert not hit.field or text[hit.start : hit.end] == hit.words


def test_ids_come_in_the_order_of_the_queries() -> None:
    queries = {name: parse(name) for name in ("gamma", "alpha", "beta")}
    assert Matcher(queries).match(post("alpha beta gamma")) == ("gamma", "alpha", "beta")
    assert Matcher({}).match(post("alpha")) == ()


def test_what_understanding_says_decides_once_it_is_there() -> None:
    matcher = Matcher({"q": parse("nuvolt sentiment:(negative OR neutral) -crisis:none cue:fire")})
    one = post("nuvolt")
    assert matcher.match(one) == ()
    said = Understood("negative", "product", frozenset({"fire"}))
    assert matcher.match(one, said) == ("q",)
    assert [hit.term for hit in matcher.why("q", one, said)][-1] == "cue:fire"
    assert matcher.match(one, Understood("positive", "product", frozenset({"fire"}))) == ()
    assert matcher.match(one, Understood("negative", "none", frozenset({"fire"}))) == ()


def test_a_common_word_shared_by_many_queries_is_no_anchor() -> None:
    queries = {f"q{n}": parse(f"brand{n} (battery OR broken)") for n in range(50)}
    matcher = Matcher(queries)
    assert "battery" not in matcher.literals
    assert matcher.match(post("battery broken")) == ()
    assert matcher.match(post("brand7 battery")) == ("q7",)


def test_fields_of_a_post_decide_as_they_are_written() -> None:
    assert hits("x platform:bluesky", "x", platform="bluesky")
    assert hits("x country:AT", "x", country="at")
    assert hits("x url:example", "x", url="https://Example.com/1")
    assert hits("x link:https://Example.com/a", "x www.example.com/a?b")
    assert hits("x has:link", "x www.example.com")
    assert not hits("x has:link", "x")
    assert hits("x is:repost", "x", repost_of="9")
    assert hits("x is:quote", "x", kind="quote")
    assert hits("x author:@Joe", "x", author="joe")
    assert hits('title:("caught fire" OR smoke)', "x", title="Caught: fire")
    assert not hits("title:smoke", "smoke", title="fire")
    assert hits("x rating:1..2", "x", rating=1.5)
    assert not hits("x rating:<=2", "x")
    assert hits("x likes:>3 replies:=0", "x", metrics={"likes": 4, "replies": 0})
    assert hits("x site:news.example.com", "x", url="news.example.com/1")
    assert not hits("x site:example.com", "x", url="https://[broken")


@pytest.mark.parametrize(
    ("query", "links", "hit"),
    [
        ("link:cpsc.gov", "https://www.cpsc.gov/r/1", True),
        ("link:cpsc.gov", "https://recalls.CPSC.gov", True),
        ("link:cpsc.gov", "https://notcpsc.gov/r", False),
        ("link:cpsc.gov", "https://cpsc.government.example", False),
        ("link:cpsc.gov", "https://t.example/?to=https%3A%2F%2Fcpsc.gov%2Fr", True),
        ("link:recall", "https://a.example/recall-2026", True),
        ("link:recall", "https://a.example/recalled", False),
        ("link:gap.com/jeans", "https://stopgap.com/jeans", False),
        ("link:gap.com/jeans", "https://gap.com/jeans?size=3", True),
        ("link:召回", "https://a.example/产品召回公告", True),
        ("link:召回", "https://a.example/%E5%8F%AC%E5%9B%9E", True),
    ],
)
def test_links_are_searched_by_whole_words(query: str, links: str, hit: bool) -> None:
    assert hits(f"x {query}", "x", links=(links,)) == hit
    assert hits(f"x {query.replace('link:', 'url:')}", "x", url=links) == hit


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("Reuters", True),
        ("@reuters", True),
        ("\uff32euters", True),
        ("7001", True),
        ("Reut", False),
        ("Reuters UK", False),
        ("700", False),
    ],
)
def test_an_author_is_found_by_the_whole_name_or_id(asked: str, hit: bool) -> None:
    author = {"name": "Reuters", "id": "7001"}
    assert hits(f'x author:"{asked}"', "x", author=author) == hit


def test_a_query_of_lists_matches_names_of_authors_and_terms() -> None:
    matcher = Matcher({"q": parse("author:@list(press) @list(hazards)", lists=LISTS)})
    assert matcher.match(post("it caught fire", author={"id": "reuters"})) == ("q",)
    assert matcher.match(post("it caught fire", author="joe")) == ()
