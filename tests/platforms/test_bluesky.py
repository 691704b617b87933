"""Bluesky: what is made of its messages, and where reading goes on after a break."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fakes.bluesky import WRITER, commit, event, frame, record

from fenghuo.domain.errors import BadInput, OurMove
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, say
from fenghuo.platforms.bluesky import AT_ONCE, HOSTS, open_reader
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Batch, Reads

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
NOW_US = round(NOW.timestamp() * 1e6)
OTHER = "at://did:plc:other/app.bsky.feed.post/3kother"


class Says:
    """A way out whose streams say what they are told to, and then end."""

    def __init__(self, *messages: str | bytes) -> None:
        self.messages = messages
        self.asked: list[str] = []

    @asynccontextmanager
    async def frames(self, url: str) -> AsyncIterator[AsyncIterator[str | bytes]]:
        self.asked.append(url)
        yield self._all()

    async def _all(self) -> AsyncIterator[str | bytes]:
        for message in self.messages:
            yield message
        raise OurMove("sources.stream_ended", host="x")


def reader(says: Says, way: str = "jetstream", host: str = "") -> Reads:
    return open_reader({"way": way, "host": host}, cast(Web, says))


def read(says: Says, way: str = "jetstream", cursor: str = "", host: str = "") -> list[Batch]:
    async def whole() -> list[Batch]:
        got = []
        with suppress(OurMove):
            async for batch in reader(says, way, host).read(cursor, NOW):
                got.append(batch)
        return got

    return asyncio.run(whole())


def posts(batches: Sequence[Batch]) -> list[Post]:
    return [post for batch in batches for post in batch.posts]


def told(batches: Sequence[Batch]) -> list[str]:
    remarks = [remark for batch in batches for remark in batch.remarks]
    assert all(say(r.key, language, **r.values) for r in remarks for language in LANGUAGES)
    return [remark.key for remark in remarks]


def both(found: dict[str, Any]) -> Post:
    """The post of a record, which must be the same by both ways."""
    [one] = posts(read(Says(event("3kabc", found, NOW_US))))
    [other] = posts(read(Says(commit("3kabc", found, 7)), "firehose"))
    assert one == other
    return one


def test_a_post_says_who_wrote_what_when_and_where_to_read_it() -> None:
    post = both(record("Our Veyra caught fire 🔥", NOW))
    assert post.id == f"at://{WRITER}/app.bsky.feed.post/3kabc"
    assert post.url == f"https://bsky.app/profile/{WRITER}/post/3kabc"
    assert (post.text, post.time, post.lang) == ("Our Veyra caught fire 🔥", NOW, "en")
    assert (post.author.id, post.kind) == (WRITER, "post")


def test_an_answer_names_what_it_answers() -> None:
    reply = {"root": {"uri": "at://r", "cid": "c"}, "parent": {"uri": OTHER, "cid": "c"}}
    post = both(record("same here", NOW, reply=reply))
    assert (post.kind, post.in_reply_to) == ("reply", OTHER)


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.record", "record": {"uri": OTHER, "cid": "c"}},
        {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"record": {"uri": OTHER, "cid": "c"}},
            "media": {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": {}}]},
        },
    ],
)
def test_a_quote_links_to_what_it_quotes(embed: dict[str, Any]) -> None:
    post = both(record("look at this", NOW, embed=embed))
    assert post.kind == "quote"
    assert post.links == ("https://bsky.app/profile/did:plc:other/post/3kother",)
    assert post.media == (("image",) if "media" in embed else ())


def test_a_list_that_is_shown_is_no_quote() -> None:
    embed = {"record": {"uri": "at://did:plc:other/app.bsky.graph.list/3k", "cid": "c"}}
    assert both(record("my list", NOW, embed=embed)).kind == "post"


def test_links_come_from_the_words_and_from_the_card_each_once() -> None:
    tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "veyra"}
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/1"}
    facets = [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [tag, link]}]
    for uri, links in (
        ("https://a.example/1", ("https://a.example/1",)),
        ("https://b.example", ("https://a.example/1", "https://b.example")),
    ):
        embed = {"$type": "app.bsky.embed.external", "external": {"uri": uri, "title": "t"}}
        assert both(record("see", NOW, facets=facets, embed=embed)).links == links


def test_a_video_is_a_video() -> None:
    embed = {"$type": "app.bsky.embed.video", "video": {"ref": {"$link": "bafy"}}}
    assert both(record("it burns", NOW, embed=embed)).media == ("video",)


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_time_that_lies_is_passed_on_as_told(year: int) -> None:
    assert both(record("veyra", NOW.replace(year=year))).time.year == year


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_edits_and_deletions_are_passed_over_and_the_cursor_moves(operation: str) -> None:
    found = record("veyra", NOW)
    [one] = read(Says(event("3k", found, NOW_US, operation)))
    assert (one.posts, one.cursor) == ([], f"jetstream {NOW_US}")
    [other] = read(Says(commit("3k", found, 7, operation)), "firehose", host="pds.example")
    assert (other.posts, other.cursor) == ([], "firehose pds.example 7")


def test_what_is_no_post_is_passed_over_and_the_cursor_moves() -> None:
    account = json.dumps({"did": WRITER, "time_us": NOW_US, "kind": "account", "account": {}})
    [batch] = read(Says(account))
    assert (batch.posts, batch.cursor, batch.remarks) == ([], f"jetstream {NOW_US}", [])
    like = commit("3k", {"subject": {}}, 9, kind="app.bsky.feed.like")
    [batch] = read(Says(like, frame("#account", {"seq": 10})), "firehose")
    assert (batch.posts, batch.cursor, batch.remarks) == ([], "firehose bsky.network 10", [])


DEEP = '{"did":"d","time_us":1,"commit":{"record":' + "[" * 90_000
BROKEN = [
    "",
    "null",
    "{",
    '{"did":1}',
    DEEP,
    event("3k", {"text": 7, "createdAt": "yesterday"}, NOW_US),
    event("3k", {"text": "no time"}, NOW_US),
]


@pytest.mark.parametrize("message", BROKEN, ids=range(len(BROKEN)))
def test_a_message_that_cannot_be_read_is_told_and_harms_no_other(message: str) -> None:
    got = read(Says(message, event("3kgood", record("veyra", NOW), NOW_US)))
    assert told(got) == ["sources.messages_broken"]
    assert [post.text for post in posts(got)] == ["veyra"]


CUT = commit("3k", record("veyra", NOW), 3)[:-40]
UNREADABLE: list[str | bytes] = [
    b"",
    "text",
    b"\x81" * 90_000,
    b"\xa0\xa0\xa0",
    CUT,
    frame("#commit", {"seq": 3, "repo": WRITER, "ops": 5, "blocks": b""}),
    commit("3k", {"text": "no time"}, 3),
]


@pytest.mark.parametrize("message", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_frame_that_cannot_be_read_is_told_and_harms_no_other(message: str | bytes) -> None:
    got = read(Says(message, commit("3kgood", record("veyra", NOW), 9)), "firehose")
    assert told(got) == ["sources.messages_broken"]
    assert [post.text for post in posts(got)] == ["veyra"]
    assert got[-1].cursor == "firehose bsky.network 9"


def test_a_full_batch_is_handed_on_at_once_and_a_repeat_is_known() -> None:
    names = [f"3k{n:011d}" for n in range(AT_ONCE + 5)]
    said = [event(name, record(name, NOW), NOW_US + n) for n, name in enumerate(names)]
    got = read(Says(*said, *said[-5:]))
    assert [len(batch.posts) for batch in got] == [AT_ONCE, 5]
    assert got[0].cursor == f"jetstream {NOW_US + AT_ONCE - 1}"


def test_jetstream_is_asked_again_from_a_little_before_the_cursor() -> None:
    says = Says()
    read(says, cursor=f"jetstream {NOW_US}", host="ws://127.0.0.1:9")
    [asked] = says.asked
    assert asked.startswith("ws://127.0.0.1:9/subscribe?wantedCollections=app.bsky.feed.post&")
    assert asked.endswith(f"cursor={NOW_US - 5_000_000}")


@pytest.mark.parametrize(
    ("away", "quiet", "gap"),
    [
        (timedelta(hours=40), timedelta(hours=4), True),
        (timedelta(hours=40), timedelta(0), False),
        (timedelta(hours=2), timedelta(hours=1), False),
    ],
)
def test_jetstream_that_begins_too_late_leaves_a_gap_that_is_told(
    away: timedelta, quiet: timedelta, gap: bool
) -> None:
    left = NOW_US - away // timedelta(microseconds=1)
    first = left + quiet // timedelta(microseconds=1)
    got = read(Says(event("3k", record("veyra", NOW), first)), cursor=f"jetstream {left}")
    assert told(got) == (["sources.stream_gap"] if gap else [])


def test_a_firehose_goes_on_from_its_own_number_and_tells_what_it_lost() -> None:
    says = Says(frame("#info", {"name": "OutdatedCursor"}), frame("#account", {"seq": 400}))
    got = read(says, "firehose", "firehose pds.example 12", "pds.example")
    assert says.asked == ["wss://pds.example/xrpc/com.atproto.sync.subscribeRepos?cursor=12"]
    assert told(got) == ["sources.stream_gap"]


def test_a_number_of_another_host_means_nothing() -> None:
    says = Says(frame("#account", {"seq": 400}))
    got = read(says, "firehose", "firehose old.example 12", "new.example")
    assert says.asked == ["wss://new.example/xrpc/com.atproto.sync.subscribeRepos"]
    assert (told(got), got[0].cursor) == (["sources.stream_gap"], "firehose new.example 400")


def test_a_host_that_counts_anew_is_followed_from_its_beginning() -> None:
    [batch] = read(
        Says(frame("", {"error": "FutureCursor"})), "firehose", "firehose p.example 9", "p.example"
    )
    assert (batch.cursor, batch.next_at) == ("", NOW)
    assert told([batch]) == ["sources.stream_gap"]


def test_being_too_slow_loses_nothing() -> None:
    says = Says(commit("3k", record("veyra", NOW), 5), frame("", {"error": "ConsumerTooSlow"}))
    got: list[Batch] = []

    async def whole() -> None:
        async for batch in reader(says, "firehose").read("", NOW):
            got.append(batch)

    with pytest.raises(OurMove) as caught:
        asyncio.run(whole())
    assert caught.value.key == "sources.stream_ended"
    assert [batch.cursor for batch in got] == ["firehose bsky.network 5"]


def test_after_a_failure_the_next_public_host_is_tried() -> None:
    says = Says()
    found = reader(says)

    async def once() -> None:
        with suppress(OurMove):
            async for _ in found.read("", NOW):
                pass

    for _ in range(5):
        asyncio.run(once())
    hosts = [url.removeprefix("wss://").partition("/")[0] for url in says.asked]
    assert tuple(hosts[:4]) == HOSTS["jetstream"]
    assert hosts[4] == hosts[0]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("way", "telepathy"),
        ("host", "ftp://pds.example"),
        ("host", "wss://"),
        ("host", "pds.example/xrpc"),
        ("host", "pds.example:port"),
        ("host", "wss://me:secret@pds.example"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(option: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_reader({option: value}, cast(Web, Says()))
    assert caught.value.key == "sources.option_wrong"
    assert caught.value.values == {"option": option, "value": value}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("pds.example", "wss://pds.example/"),
        ("pds.example:2583", "wss://pds.example:2583/"),
        ("https://pds.example/", "wss://pds.example/"),
        ("http://localhost:2583", "ws://localhost:2583/"),
    ],
)
def test_a_host_may_be_written_as_people_copy_it(host: str, address: str) -> None:
    says = Says()
    read(says, host=host)
    assert says.asked[0].startswith(address)
