"""Feeds: what is taken from them, how politely they are asked, and what is said of broken ones."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import cast

import pytest
from fakes.polled import NOW, QUICK
from fakes.site import Asked, Say, Site, site
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove, UserMove
from fenghuo.domain.post import Post
from fenghuo.platforms.feeds import AT_ONCE, SEEN_MORE, open_reader
from fenghuo.ports.http import Answer, Web
from fenghuo.ports.reads import Batch
from fenghuo.security.egress import Egress

ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss">
<title>Reviews</title>
<entry><id>7</id><title>Bad &amp; hot</title><updated>2031-03-04T10:00:00-07:00</updated>
<author><name>Jo</name><uri>https://shop.example/jo</uri></author><im:rating>1</im:rating>
<content type="text">It got hot &lt;b&gt; at night</content>
<content type="html">&lt;table&gt;a much longer table that says the same&lt;/table&gt;</content>
</entry></feed>"""


def rss(*items: str, more: str = "") -> bytes:
    whole = f"<channel><title>T</title>{more}{''.join(items)}</channel>"
    return f'<rss version="2.0">{whole}</rss>'.encode()


def item(number: int, text: str = "words", more: str = "") -> str:
    return (
        f"<item><guid>https://a.example/{number}</guid><title>t{number}</title>"
        f"<pubDate>Tue, 04 Mar 2031 10:00:{number % 60:02} +0800</pubDate>"
        f"<description>{text}</description>{more}</item>"
    )


class Reading:
    """A reader over a site, and what it gave."""

    def __init__(self, on: Site, **options: str) -> None:
        self.on = on
        self.options = {"url": f"{on.url}/feed?key=s3cret", **options}
        self.batches: list[Batch] = []
        self.cursor = ""

    def read(self, body: bytes | Say) -> list[Post]:
        say = body if isinstance(body, Say) else Say(body=body)
        self.on.script = lambda asked: say
        return self.again()

    def again(self) -> list[Post]:
        async def whole() -> list[Batch]:
            web = Egress(lambda: NOW, allow_private=True, manners=QUICK)
            reader = open_reader(self.options, web)
            found = [batch async for batch in reader.read(self.cursor, NOW)]
            await web.aclose()
            return found

        self.batches = asyncio.run(whole())
        self.cursor = self.batches[-1].cursor
        return [post for batch in self.batches for post in batch.posts]

    @property
    def pause(self) -> timedelta:
        assert self.batches[-1].next_at
        return self.batches[-1].next_at - NOW

    @property
    def remarks(self) -> list[tuple[str, dict[str, str | int | float]]]:
        return [(r.key, dict(r.values)) for batch in self.batches for r in batch.remarks]


@pytest.fixture
def reading() -> Iterator[Reading]:
    with site(lambda asked: Say(404)) as on:
        yield Reading(on)


def test_an_app_review_carries_its_stars_its_author_and_its_plain_words(reading: Reading) -> None:
    [post] = reading.read(ATOM)
    assert (post.kind, post.rating, post.title) == ("review", 1.0, "Bad & hot")
    assert post.text == "It got hot <b> at night"
    assert (post.author.name, post.author.id) == ("Jo", "https://shop.example/jo")
    assert post.time == datetime(2031, 3, 4, 17, tzinfo=UTC)


def test_a_short_id_is_not_mistaken_for_the_same_one_in_another_feed(reading: Reading) -> None:
    [here] = reading.read(ATOM)
    reading.options["url"] += "&app=2"
    [there] = reading.read(ATOM)
    assert here.id != there.id
    assert here.id.endswith(":7")


def test_markup_becomes_words_and_links_stay(reading: Reading) -> None:
    text = "<p>It &lt;b&gt; <a href='/x?a=1'>burns</a></p><img src=a>"
    [post] = reading.read(rss(item(1, escape(text), "<link>/one</link>")))
    assert post.text == "It <b> burns"
    assert post.url == f"{reading.on.url}/one"
    assert post.links == (post.url, f"{reading.on.url}/x?a=1")
    assert post.media == ("image",)


def test_an_entry_without_a_time_gets_the_time_of_reading_and_it_is_said(reading: Reading) -> None:
    [post] = reading.read(rss("<item><title>no time</title></item>"))
    assert post.time == NOW
    assert reading.remarks == [("sources.feed_untimed", {"host": reading.on.url[7:], "entries": 1})]
    assert reading.again() == []


def test_a_feed_that_has_not_changed_is_not_sent_again(reading: Reading) -> None:
    headers = {"etag": '"1"', "last-modified": "Tue, 04 Mar 2031 10:00:00 GMT"}
    reading.read(Say(200, headers, rss(item(1))))
    assert reading.read(Say(304, {"cache-control": "max-age=1200"})) == []
    asked = reading.on.asked[-1].headers
    assert asked["if-none-match"] == '"1"'
    assert asked["if-modified-since"] == "Tue, 04 Mar 2031 10:00:00 GMT"
    assert reading.pause == timedelta(minutes=20)
    reading.read(Say(304))
    assert reading.on.asked[-1].headers["if-none-match"] == '"1"'


def test_the_next_visit_is_as_the_feed_asks_within_bounds(reading: Reading) -> None:
    reading.read(rss(item(1)))
    assert reading.pause == timedelta(minutes=15)
    reading.read(rss(item(1), more="<ttl>60</ttl>"))
    assert reading.pause == timedelta(hours=1)
    reading.read(Say(304))
    assert reading.pause == timedelta(hours=1)
    reading.read(Say(200, {"cache-control": "public, max-age=1"}, rss(item(1))))
    assert reading.pause == timedelta(minutes=5)
    reading.read(Say(200, {"cache-control": "max-age=999999"}, rss(item(1))))
    assert reading.pause == timedelta(hours=6)


def test_an_edited_entry_is_not_given_twice(reading: Reading) -> None:
    reading.read(rss(item(1, "before")))
    assert [post.title for post in reading.read(rss(item(1, "after"), item(2)))] == ["t2"]


def test_an_entry_that_was_pushed_out_and_comes_back_is_not_given_again(reading: Reading) -> None:
    reading.read(rss(*map(item, range(30))))
    reading.read(rss(*map(item, range(30, 60))))
    assert reading.read(rss(*map(item, range(61)))) == reading.batches[0].posts
    assert [post.title for post in reading.batches[0].posts] == ["t60"]


def test_what_is_remembered_has_a_bound(reading: Reading) -> None:
    for start in range(0, 3 * SEEN_MORE, 1000):
        reading.read(rss(*map(item, range(start, start + 1000))))
    assert len(reading.cursor) < 25 * (SEEN_MORE + 1000)


def test_a_whole_archive_comes_in_parts_and_a_cut_between_them_loses_nothing(
    reading: Reading,
) -> None:
    body = rss(*map(item, range(2 * AT_ONCE + 5)))
    posts = reading.read(Say(200, {"etag": '"all"'}, body))
    assert [len(batch.posts) for batch in reading.batches] == [AT_ONCE, AT_ONCE, 5]
    reading.cursor = reading.batches[0].cursor
    assert reading.read(Say(200, {"etag": '"all"'}, body)) == posts[AT_ONCE:]
    assert "if-none-match" not in reading.on.asked[-1].headers


def test_a_feed_that_moved_for_good_is_read_there_from_now_on(reading: Reading) -> None:
    def moved(asked: Asked) -> Say:
        new = Say(200, {"etag": '"n"'}, rss(item(1)))
        return new if asked.path == "/new" else Say(301, {"location": "/new?key=k3y"})

    reading.on.script = moved
    assert len(reading.again()) == 1
    assert reading.remarks == [
        ("sources.feed_moved", {"url": f"{reading.on.url}/new"[:16] + "/new"})
    ]
    reading.again()
    assert [asked.path for asked in reading.on.asked] == ["/feed", "/new", "/new"]
    reading.options["url"] = f"{reading.on.url}/other"
    reading.again()
    assert reading.on.asked[-2].path == "/other"


def test_a_broken_feed_is_read_as_far_as_it_goes_and_asked_for_again(reading: Reading) -> None:
    body = rss(*map(item, range(3)), item(3, "a < b & c"), item(4))
    posts = reading.read(Say(200, {"etag": '"b"'}, body))
    assert len(posts) == 5
    assert reading.remarks[0][0] == "sources.feed_half_read"
    reading.again()
    assert "if-none-match" not in reading.on.asked[-1].headers


def test_the_last_entry_of_a_feed_that_was_cut_off_waits_until_it_is_whole(
    reading: Reading,
) -> None:
    body = rss(*map(item, range(4)))
    posts = reading.read(body[: body.index(b"t3") + 1])
    assert [post.title for post in posts] == ["t0", "t1", "t2"]
    assert [post.title for post in reading.read(body)] == ["t3"]


def test_a_bad_item_of_a_json_feed_harms_no_other(reading: Reading) -> None:
    body = (
        b'{"version":"https://jsonfeed.org/version/1","title":"J","items":[{"id":1,"title":"a",'
        b'"content_text":"x <b>","date_published":"2031-03-01T10:00:00","author":{"name":"Li"},'
        b'"attachments":[{"url":"u","mime_type":"video/mp4"}]},{"title":"no id"},{"id":"3"}]}'
    )
    [post] = reading.read(body)
    assert (post.text, post.author.name, post.media) == ("x <b>", "Li", ("video",))
    assert post.time == datetime(2031, 3, 1, 10, tzinfo=UTC)
    assert reading.remarks == [
        ("sources.feed_half_read", {"host": reading.on.url[7:], "entries": 1})
    ]


@pytest.mark.parametrize(
    ("body", "wanted", "key"),
    [
        (b"<!doctype html><html><body><rss>", UserMove, "sources.not_a_feed"),
        (b"\xef\xbb\xbf <HTML lang=en><head>", UserMove, "sources.not_a_feed"),
        (b"", OurMove, "sources.unreadable"),
        (b'{"error": "no"}', OurMove, "sources.unreadable"),
        (b"\x00\x01\x02", OurMove, "sources.unreadable"),
        (b"<rss version='2.0'><channel><title>T</tit", OurMove, "sources.unreadable"),
    ],
)
def test_what_is_no_feed_is_said(
    reading: Reading, body: bytes, wanted: type[FenghuoError], key: str
) -> None:
    with pytest.raises(wanted) as caught:
        reading.read(body)
    assert caught.value.key == key


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "shift_jis", "utf-8-sig"])
def test_other_encodings_are_read(reading: Reading, encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-16": "utf-16"}.get(encoding, encoding)
    head = f'<?xml version="1.0" encoding="{name}"?>'
    body = (head + rss(item(1, "充電器")).decode()).encode(encoding)
    [post] = reading.read(Say(200, {"content-type": "text/xml"}, body))
    assert post.text == "充電器"


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "sources.option_missing"),
        ({"url": "news.example/feed"}, "sources.option_wrong"),
        ({"url": "file:///etc/passwd"}, "sources.option_wrong"),
        ({"url": "https://a.example/", "kind": "poem"}, "sources.option_wrong"),
        ({"url": "https://a.example/", "country": "Germany"}, "sources.option_wrong"),
    ],
)
def test_settings_that_cannot_work_are_refused(options: dict[str, str], key: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_reader(options, Egress(lambda: NOW))
    assert caught.value.key == key


def test_an_entity_that_multiplies_itself_costs_nothing(reading: Reading) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20)
    )
    body = f"<!DOCTYPE rss [{entities}]>".encode() + rss(item(1, "x &a19;"))
    begun = time.process_time()
    posts = reading.read(body)
    assert time.process_time() - begun < 5
    assert all(len(post.text) < 1000 for post in posts)


def test_an_entity_never_opens_a_file(reading: Reading) -> None:
    body = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item(1, "x &x;"))
    assert all("root" not in post.text for post in reading.read(body))


class Canned:
    """Answers everything with one body, without a server."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def get(self, url: str, **rest: object) -> Answer:
        return Answer(200, {"content-type": "text/xml"}, self.body, url)


WHOLE = rss(item(1, "a &amp; <![CDATA[<b>x</b>]]>"), item(2)) + ATOM


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 20), st.binary(max_size=6)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([WHOLE, ATOM, rss(item(1), item(2, "x"))]),
)
def test_whatever_comes_ends_in_posts_or_in_an_error_of_ours(
    cuts: list[tuple[int, int, bytes]], body: bytes
) -> None:
    for place, length, new in cuts:
        body = body[:place] + new + body[place + length :]

    web = cast(Web, Canned(body))

    async def whole() -> None:
        async for batch in open_reader({"url": "https://a.example/"}, web).read("", NOW):
            assert all(post.time.tzinfo and post.id for post in batch.posts)

    with contextlib.suppress(FenghuoError):
        asyncio.run(whole())
