"""What stands in a named list, and how a query finds it."""

from datetime import UTC, datetime

import pytest

from fenghuo.domain.post import Author, Post
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen.query import Matcher, QueryError, check_entry, list_name, lists_in, parse

Lists = dict[str, list[str]]


def hits(query: str, lists: Lists, text: str, author: str = "") -> bool:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    post = Post(platform="x", id="1", time=at, text=text, author=Author(author, author))
    return Matcher({"q": parse(query, lists=lists)}).match(post) == ("q",)


@pytest.mark.parametrize(
    ("entry", "found", "missed"),
    [
        ("smoke", "a lot of smoke", "smokes"),
        ("caught fire", "it caught fire!", "fire was caught"),
        ('"caught fire"', "it caught fire!", "fire was caught"),
        ("“着火了”", "突然着火了", "着了火"),
        ("explod*", "exploding", "implode"),
        ("#NuvoltFail", "never #nuvoltfail", "nuvolt fail"),
        ("\uff20NuvoltHelp", "hey @nuvolthelp", "NuvoltHelp"),
        ('raw:"H&M"', "the H&M store", "size H, M and L"),
        ("raw:C++", "in C++ again", "in c++ again"),
        ('"Johnson AND Johnson"', "johnson and johnson", "johnson johnson"),
        ("起火", "充电宝起火", "充电宝冒烟"),
    ],
)
def test_an_entry_is_found_as_the_term_that_it_is(entry: str, found: str, missed: str) -> None:
    check_entry(entry)
    assert hits("@list(hazards)", {"hazards": [entry]}, found)
    assert not hits("@list(hazards)", {"hazards": [entry]}, missed)


@pytest.mark.parametrize("entry", ["Reuters", '"Reuters"', "@reuters", "REUTERS", 'raw:"Reuters"'])
def test_an_entry_is_the_value_of_a_field_without_its_quotation_marks(entry: str) -> None:
    assert hits("author:@list(press)", {"press": [entry]}, "x", author="Reuters")


def test_a_site_may_stand_in_a_list_though_it_is_no_word() -> None:
    check_entry("bbc.co.uk")
    parse("site:@list(sites) nuvolt", lists={"sites": ["bbc.co.uk"]}, use="watch")
    with pytest.raises(QueryError) as caught:
        parse("nuvolt @list(sites)", lists={"sites": ["https://bbc.co.uk"]})
    assert (caught.value.position, caught.value.suggestion) == (8, "link:@list(sites)")
    for language in LANGUAGES:
        assert "https://bbc.co.uk" in explain(caught.value, language)


@pytest.mark.parametrize(
    "entry", ["fire AND smoke", "fire OR smoke", "NOT job", "-job", "author:joe", "rating:<=2",
              "@list(other)", "a NEAR/3 b"],
)  # fmt: skip
def test_a_query_is_no_entry_of_a_list(entry: str) -> None:
    with pytest.raises(QueryError) as caught:
        check_entry(entry)
    assert caught.value.key == "query.list_no_query"
    check_entry(caught.value.suggestion)


@pytest.mark.parametrize("entry", ["ab*", "++", "*", "#", "#a-b", "x*y*z*w"])
def test_what_could_never_be_found_is_no_entry(entry: str) -> None:
    with pytest.raises(QueryError):
        check_entry(entry)


def test_the_name_of_a_list_is_found_whatever_its_case_and_width() -> None:
    lists = {"Press": ["Reuters"]}
    for name in ("press", "PRESS", "\uff30ress"):
        read = parse(f"author:@list({name}) nuvolt OR nuvolt @list(press)", lists=lists)
        assert lists_in(read.tree) == {"press"}
    assert list_name(" \uff30ress ") == "press"


def test_lists_are_seen_wherever_they_stand_in_a_query() -> None:
    names = {name: [name] for name in "abcde"}
    text = "x @list(a) OR NOT y (@list(b) NEAR/3 @list(c)) -@list(d) author:@list(e)"
    assert lists_in(parse(text, lists=names).tree) == set(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_list_the_sentence_is_whole(language: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse("veyra @list(press)")
    told = explain(caught.value, "zh-CN" if language == "zh-CN" else "en")
    assert caught.value.key == "query.list_none"
    assert told.rstrip()[-1] in ".。"
    assert "press" in told
    assert "[lists]" in told


def test_the_lists_of_one_query_are_bounded_together() -> None:
    long = {f"l{n}": [f"word{n}x{k}" for k in range(1000)] for n in range(6)}
    parse(" OR ".join(f"@list({name})" for name in list(long)[:5]), lists=long)
    with pytest.raises(QueryError) as caught:
        parse(" OR ".join(f"@list({name})" for name in long), lists=long)
    assert (caught.value.key, caught.value.position) == ("query.lists_too_long", 66)


def test_a_phrase_of_a_list_stands_near_a_word() -> None:
    lists = {"hazards": ["caught fire", "smoke"]}
    query = "@list(hazards) NEAR/3 charger"
    assert hits(query, lists, "the charger suddenly caught fire")
    assert not hits(query, lists, "smoke in the kitchen while I looked for my old charger")
