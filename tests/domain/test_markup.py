"""The words inside of markup."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.markup import plain, web_address


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One &amp; two</p><p>three<br>four</p>", "One & two\n\nthree\nfour"),
        ("&lt;b&gt;typed&lt;/b&gt;", "<b>typed</b>"),
        ("a<script>alert('<p>')</script>b<style>p{}</style >c", "abc"),
        ("a<!-- <p>hidden</p> -->b", "ab"),
        ("a<!-- never closed <b>x</b>", "a"),
        ('<a title="x > y" href="/z">click</a> here', "click here"),
        ("3 < 4 and 5 > 2, a<b", "3 < 4 and 5 > 2, a<b"),
        ("line one\nof   source\n", "line one of source"),
        ("<ul><li>一</li><li>二</li></ul>", "一\n二"),
        ("<p", "<p"),
        ("<svg/onload=alert(1)>x</svg>y", "y"),
    ],
)
def test_words_stay_and_markup_goes(html: str, words: str) -> None:
    assert plain(html).text == words


def test_links_are_made_whole_and_only_web_addresses_are_kept() -> None:
    html = "<a href=\"/a?b=1&amp;c=2\">x</a><a href='javascript:alert(1)'>y</a><A HREF=//z.example>"
    assert plain(html, "https://x.example/p").links == (
        "https://x.example/a?b=1&c=2",
        "https://z.example",
    )
    assert web_address("http://[broken") == ""


def test_pictures_are_counted() -> None:
    assert plain('<img src="a"><p><img src=b /></p>').images == 2


@given(st.text())
def test_what_was_escaped_comes_back_whole_but_for_spaces(text: str) -> None:
    assert plain(escape(text)).text.split() == text.split()


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', "<!--", "<script>", "&", "　", "<a b='", "</"]
)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    begun = time.process_time()
    plain(piece * (1_000_000 // len(piece)))
    assert time.process_time() - begun < 5
