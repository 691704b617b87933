"""Hacker News: time is gone through in slices, and nothing is lost in a flood."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fakes.hackernews import Search
from fakes.polled import NOW
from fakes.site import Asked, Say, site

from fenghuo.domain.errors import BadInput
from fenghuo.platforms.hackernews import MOST, open_reader
from fenghuo.ports.reads import Batch
from fenghuo.security.egress import Egress, Manners


class Crowded(Search):
    """Posts come `apart` from one another."""

    apart = timedelta(seconds=1)
    begun = NOW - timedelta(hours=2)

    def at(self, number: int) -> datetime:
        return self.begun + number * self.apart


@pytest.fixture
def search() -> Iterator[Crowded]:
    with site(lambda asked: Say(404)) as on:
        many = Manners(silence=1, whole=2, gets_a_minute=1000)
        yield Crowded(on, Egress(lambda: NOW, allow_private=True, manners=many))


def read(search: Search, cursor: str = "", now: datetime = NOW) -> list[Batch]:
    async def whole() -> list[Batch]:
        return [batch async for batch in search.reads().read(cursor, now)]

    return asyncio.run(whole())


def fill(search: Search, count: int) -> list[str]:
    start = len(search.posts)
    return [asyncio.run(search.add(f"text {n}")) for n in range(start, start + count)]


def test_more_than_the_search_gives_at_once_is_read_in_slices_oldest_first(search: Crowded) -> None:
    wanted = fill(search, 3 * MOST)
    batches = read(search)
    assert [post.id for batch in batches for post in batch.posts] == wanted
    assert len(batches) > 3
    assert len(search.site.asked) < 100
    assert not any(batch.remarks for batch in batches)
    again = read(search, batches[1].cursor)
    assert [post.id for b in (*batches[:2], *again) for post in b.posts] == wanted


def test_more_than_that_in_one_second_is_said(search: Crowded) -> None:
    search.apart = timedelta(0)
    wanted = fill(search, MOST + 50)
    batches = read(search)
    assert [post.id for batch in batches for post in batch.posts] == wanted[50:]
    [remark] = [remark for batch in batches for remark in batch.remarks]
    assert remark.key == "sources.slice_full"
    assert remark.values["limit"] == MOST


def test_what_the_search_finds_minutes_later_is_not_lost(search: Crowded) -> None:
    search.apart = timedelta(minutes=1)
    search.begun = NOW - timedelta(minutes=8)
    names = fill(search, 5)
    late = search.posts.pop(2)
    first = read(search)
    search.posts.insert(2, late)
    second = read(search, first[-1].cursor, NOW + timedelta(minutes=1))
    given = [post.id for batch in (*first, *second) for post in batch.posts]
    assert sorted(given) == names
    assert len(first[-1].cursor) < 500


def test_stories_and_comments_come_with_what_is_known_of_them(search: Crowded) -> None:
    fill(search, 2)
    story, comment = (post for batch in read(search) for post in batch.posts)
    assert (story.kind, story.title, story.text) == ("post", "text 0", "")
    assert (story.metrics.likes, story.metrics.replies) == (3, 0)
    assert (comment.kind, comment.text, comment.in_reply_to) == ("comment", "text 1", "1")
    assert comment.author.name == "pg"
    assert comment.url == f"https://news.ycombinator.com/item?id={comment.id}"


def test_a_hit_that_cannot_be_read_harms_no_other(search: Crowded) -> None:
    def say(asked: Asked) -> Say:
        hits = [{"objectID": 5}, {"objectID": "6", "created_at_i": 10**30, "title": "x"}]
        good = search.hit(0, "7", "good")
        return Say(body=json.dumps({"hits": [*hits, good], "nbHits": 3}).encode())

    search.site.script = say
    [batch] = read(search)
    assert [post.id for post in batch.posts] == ["7"]
    assert [(r.key, r.values["count"]) for r in batch.remarks] == [("sources.messages_broken", 4)]


@pytest.mark.parametrize(
    ("words", "key"),
    [("", "sources.option_missing"), (" ,\n", "sources.option_missing"),
     (",".join(map(str, range(21))), "sources.option_wrong")],
)  # fmt: skip
def test_words_are_needed_and_few(words: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_reader({"words": words}, Egress(lambda: NOW))
    assert caught.value.key == key


def test_each_word_is_asked_for(search: Crowded) -> None:
    read(search)
    assert [asked.query["query"] for asked in search.site.asked] == ['"veyra"', '"power bank"']
