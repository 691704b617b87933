"""The place in a query that cannot be read, as the page marks it."""

import pytest

from fenghuo.listen import parse
from fenghuo.listen.query import QueryError
from fenghuo.web.misread import misread

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("query", "before", "at", "behind"),
    [
        (f"{FAMILY} foo:bar", f"{FAMILY} ", "foo", ":bar"),
        ("x lang:e\u0301t\u00e9 y", "x lang:", "e\u0301t\u00e9", " y"),
        ("充电宝 foo:起火", "充电宝 ", "foo", ":起火"),
        ("nuvolt AND", "nuvolt ", "AND", ""),
        ('nuvolt "', "nuvolt ", '"', ""),
        (f"x lang:{FAMILY} y", "x lang:", FAMILY, " y"),
    ],
)
def test_the_word_at_the_place_is_marked_whole_and_no_sign_is_torn(
    query: str, before: str, at: str, behind: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    found = misread(caught.value, "en", [query])
    assert (found.before, found.at, found.behind) == (before, at, behind)
