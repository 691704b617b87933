"""What `author:` and `link:` find in the store is what they find in memory."""

from datetime import UTC, datetime

import pytest
from web.house import House

from fenghuo.domain.post import Author, Post
from fenghuo.listen import Matcher, parse
from fenghuo.ports.listen_store import MentionSearch

NAMES = ("Reuters", "reuters", "@Reuters", "Reuters UK", "Ünal Ö", "陈朗", "", "7001")
POSTS = [
    Post(
        platform="x", id=str(n), time=datetime(2026, 1, 1, 0, n, tzinfo=UTC), text="veyra smokes",
        author=Author(name=name, id=str(7000 + n)), links=(f"https://{n}.example/{name}",),
    )
    for n, name in enumerate(NAMES)
]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "author:reuters", "author:@Reuters", 'author:"Reuters UK"', "author:reut", "author:unal",
        'author:"unal o"', "author:陈朗", "author:陈", "author:7001", "author:(7001 OR 7003)",
        "-author:reuters", "smokes author:reuters", "link:reuters", "link:reut", "link:3.example",
    ],
)  # fmt: skip
def test_the_page_the_api_and_a_watch_agree(house: House, query: str) -> None:
    house.app.listen.accept(house.workspace, POSTS)
    matcher = Matcher({"q": parse(query)})
    here = {post.id for post in POSTS if matcher.match(post)}
    search = MentionSearch(house.workspace)
    found, rest = house.app.listen.find(search, query)
    stored = {m.post.id for m in found if m.post.platform == "x"}
    assert (stored, rest) == (here, None)
