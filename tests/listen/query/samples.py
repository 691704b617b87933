"""Posts and lists for the tests of the query language."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from fenghuo.domain.post import Post
from fenghuo.listen.query import Matcher, parse

T0 = datetime(2026, 3, 1, tzinfo=UTC)
LISTS = {
    "press": ["Reuters", "BBCNews"],
    "hazards": ["caught fire", "smoke", "burn*", "#NuvoltFail"],
}


def post(text: str, **fields: Any) -> Post:
    """A post; `author` is a name, or the fields of an author."""
    author = fields.pop("author", {})
    if isinstance(author, str):
        author = {"name": author}
    plain = {"platform": "x", "id": "1", "time": T0, "text": text, **fields}
    return msgspec.convert({**plain, "author": author}, Post)


def hits(query: str, text: str | Post, **fields: Any) -> bool:
    """Whether the query hits a post, by the same way as every watch."""
    one = text if isinstance(text, Post) else post(text, **fields)
    return Matcher({"q": parse(query, lists=LISTS)}).match(one) == ("q",)
