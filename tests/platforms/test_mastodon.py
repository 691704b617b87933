"""Mastodon: what is made of a post, how a timeline is read on, and what a stream brings."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fakes.mastodon import TAG, TOKEN, clock, mock

from fenghuo.domain.errors import BadInput, FenghuoError, NotAllowed, OurMove, Reconnect, TimeMove
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, say
from fenghuo.platforms.mastodon import MOST_PAGES, open_reader
from fenghuo.ports.http import Answer, Web
from fenghuo.ports.reads import Batch
from fenghuo.security.egress import Egress

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ID = round(NOW.timestamp() * 1000) << 16
"""An id as a server gives it to a post of this moment."""
MINUTE = 60_000 << 16
PUBLIC = {"server": "toot.example", "hashtags": TAG}
MEMBER = {**PUBLIC, "token": "secret"}


def status(number: int = ID, content: str = "<p>veyra burns</p>", **more: object) -> dict[str, Any]:
    return {
        "id": str(number),
        "uri": f"https://else.example/users/li/statuses/{number}",
        "url": f"https://else.example/@li/{number}",
        "created_at": NOW.isoformat(),
        "content": content,
        "visibility": "public",
        "language": "de",
        "account": {
            "acct": "li@else.example",
            "uri": "https://else.example/users/li",
            "created_at": "2019-01-01T00:00:00.000Z",
            "followers_count": 12,
        },
        **more,
    }


class Says:
    """A way out to a server of one timeline, newest first; `lines` is what its streams say."""

    def __init__(self, *statuses: dict[str, Any], lines: Sequence[str] = ()) -> None:
        self.statuses = sorted(statuses, key=lambda s: int(s["id"]), reverse=True)
        self.said = lines
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.headers: Mapping[str, str] = {}
        self.streaming: str | None = "wss://streaming.toot.example"
        self.answer: Callable[[], Answer] | None = None

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 0,
    ) -> Answer:
        params = params or {}
        if url.endswith("/api/v2/instance"):
            told = {"configuration": {"urls": {"streaming": self.streaming}}}
            return Answer(200, {}, json.dumps(told).encode(), url)
        self.asked.append((url, params))
        if self.answer:
            return self.answer()
        after, limit = int(params.get("min_id", -1)), int(params["limit"])
        found = [s for s in self.statuses if int(s["id"]) > after]
        found = found[-limit:] if after >= 0 else found[:limit]
        return Answer(200, self.headers, json.dumps(found).encode(), url)

    @asynccontextmanager
    async def lines(
        self, url: str, *, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[AsyncIterator[str]]:
        self.asked.append((url, headers or {}))
        yield self._all()

    async def _all(self) -> AsyncIterator[str]:
        for line in self.said:
            yield line
        raise OurMove("sources.stream_ended", host="toot.example")


def read(says: Says, options: Mapping[str, str] = PUBLIC, cursor: str = "") -> list[Batch]:
    got: list[Batch] = []

    async def whole() -> None:
        async for batch in open_reader(options, cast(Web, says)).read(cursor, NOW):
            got.append(batch)

    with suppress(OurMove):
        asyncio.run(whole())
    return got


def posts(batches: Sequence[Batch]) -> list[Post]:
    return [post for batch in batches for post in batch.posts]


def one(**more: object) -> Post:
    [post] = posts(read(Says(status(**more))))  # type: ignore[arg-type] # by name
    return post


def places(batches: Sequence[Batch]) -> dict[str, str]:
    found: dict[str, str] = json.loads(batches[-1].cursor)
    return found


def raised(says: Says, options: Mapping[str, str] = PUBLIC) -> FenghuoError:
    async def whole() -> None:
        async for _ in open_reader(options, cast(Web, says)).read("", NOW):
            pass

    with pytest.raises(FenghuoError) as caught:
        asyncio.run(whole())
    return caught.value


def test_a_post_says_who_wrote_what_when_and_where_to_read_it() -> None:
    post = one(favourites_count=3, reblogs_count=2, replies_count=1)
    assert post.id == f"https://else.example/users/li/statuses/{ID}"
    assert post.url == f"https://else.example/@li/{ID}"
    assert (post.text, post.time, post.lang, post.kind) == ("veyra burns", NOW, "de", "post")
    assert (post.author.name, post.author.id) == (
        "li@else.example",
        "https://else.example/users/li",
    )
    assert (post.author.followers, post.author.created) == (12, "2019-01-01T00:00:00.000Z")
    assert (post.metrics.likes, post.metrics.reposts, post.metrics.replies) == (3, 2, 1)


def test_a_person_of_the_server_itself_has_its_name_too() -> None:
    post = one(account={"acct": "li", "followers_count": -1})
    assert (post.author.name, post.author.followers) == ("li@toot.example", None)


def test_words_are_plain_and_markup_that_a_person_typed_is_words() -> None:
    content = (
        "<p>It&#39;s on <span>fire</span><br>now</p><p>&lt;b&gt;run&lt;/b&gt;</p>"
        '<script>alert(1)</script><p><a href="https://news.example/a"><span class="invisible">'
        'https://</span><span class="ellipsis">news.example/a</span></a></p>'
    )
    post = one(content=content)
    assert post.text == "It's on fire\nnow\n\n<b>run</b>\n\nhttps://news.example/a"
    assert post.links == ("https://news.example/a",)


def test_a_warning_before_the_words_is_their_title() -> None:
    assert one(spoiler_text="burns, injuries").title == "burns, injuries"


def test_links_that_the_server_makes_of_names_and_hashtags_are_none_of_its_author() -> None:
    content = (
        '<a href="https://else.example/@chen">@chen</a> '
        '<a href="https://else.example/tags/Veyra">#Veyra</a> '
        '<a href="https://else.example/tags/other">a page</a>'
    )
    post = one(
        content=content,
        mentions=[{"url": "https://else.example/@chen", "acct": "chen"}],
        tags=[{"name": "veyra", "url": "https://toot.example/tags/veyra"}],
        card={"url": "https://news.example/a"},
    )
    assert post.links == ("https://else.example/tags/other", "https://news.example/a")


def test_an_answer_names_what_it_answers_by_the_number_of_the_server() -> None:
    post = one(in_reply_to_id="77")
    assert (post.kind, post.in_reply_to) == ("reply", "https://toot.example/web/statuses/77")


def test_a_quote_links_to_what_it_quotes() -> None:
    quoted = {"state": "accepted", "quoted_status": status(5)}
    post = one(quote=quoted)
    assert (post.kind, post.links) == ("quote", ("https://else.example/@li/5",))
    assert one(quote={"state": "revoked", "quoted_status": None}).kind == "post"


def test_a_reblog_says_what_it_passes_on() -> None:
    post = one(content="", reblog=status(5, "<p>the fire</p>", spoiler_text="cw"), url=None)
    assert (post.kind, post.text, post.title) == ("repost", "the fire", "cw")
    assert post.repost_of == "https://else.example/users/li/statuses/5"
    assert post.url == "https://else.example/@li/5"


def test_media_are_told_by_kind_each_once() -> None:
    kinds = ["image", "image", "gifv", "audio", "unknown", "hologram"]
    post = one(media_attachments=[{"type": kind} for kind in kinds])
    assert post.media == ("image", "video", "audio")


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_was_not_said_to_all_is_not_read(visibility: str) -> None:
    batches = read(Says(status(visibility=visibility)))
    assert posts(batches) == []
    assert places(batches) == {"#veyra": str(ID)}


@pytest.mark.parametrize("broken", [{"id": 5}, {**status(7), "created_at": "soon"}, [], "x"])
def test_a_post_that_cannot_be_read_is_told_and_harms_no_other(broken: object) -> None:
    says = Says()
    page = json.dumps([broken, status()]).encode()
    says.answer = lambda: Answer(200, {}, page, "")
    [batch] = read(says)
    assert [post.text for post in batch.posts] == ["veyra burns"]
    [remark] = batch.remarks
    assert remark.values["count"] == 1
    assert all("{" not in say(remark.key, language, **remark.values) for language in LANGUAGES)


def test_a_first_read_takes_what_was_sent_lately_and_no_more() -> None:
    says = Says(*(status(ID + n) for n in range(100)))
    assert len(posts(read(says))) == 40
    assert len(says.asked) == 1


def test_a_timeline_is_read_on_from_its_place_page_by_page() -> None:
    says = Says(*(status(ID + n * MINUTE) for n in range(100)))
    batches = read(says, cursor=json.dumps({"#veyra": str(ID + 6 * MINUTE)}))
    assert sorted(int(post.id.rpartition("/")[2]) for post in posts(batches)) == [
        ID + n * MINUTE for n in range(2, 100)
    ]
    assert batches[0].next_at == NOW
    assert batches[-1].next_at == NOW + timedelta(minutes=1)
    assert places(batches) == {"#veyra": str(ID + 99 * MINUTE)}


def test_the_last_minutes_are_read_again_for_posts_that_come_late() -> None:
    says = Says()
    read(says, cursor=json.dumps({"#veyra": str(ID)}))
    assert says.asked[0][1]["min_id"] == str(ID - 5 * MINUTE)


def test_a_flood_is_read_in_bounded_pieces_that_each_go_on_where_the_last_ended() -> None:
    says = Says(*(status(ID + n) for n in range(1000)))
    cursor = json.dumps({"#veyra": str(ID - 1)})
    first = read(says, cursor=cursor)
    assert len(says.asked) == MOST_PAGES
    assert (len(posts(first)), first[-1].next_at) == (40 * MOST_PAGES, NOW)
    got = posts(first)
    while first[-1].next_at == NOW:
        first = read(says, cursor=first[-1].cursor)
        got += posts(first)
    assert sorted(int(post.id.rpartition("/")[2]) for post in got) == [ID + n for n in range(1000)]


def test_a_server_that_knows_no_place_is_asked_twice_and_no_more() -> None:
    says = Says()
    page = json.dumps([status(ID + n) for n in range(40)]).encode()
    says.answer = lambda: Answer(200, {}, page, "")
    batches = read(says, cursor=json.dumps({"#veyra": str(ID)}))
    assert (len(says.asked), len(posts(batches))) == (2, 40)


@pytest.mark.parametrize("reset", ["2026-11-20T03:04:00.000Z", "1795143840"])
def test_when_nothing_is_left_of_the_quota_we_wait_without_asking(reset: str) -> None:
    says = Says()
    says.headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    error = raised(says, {**PUBLIC, "hashtags": "a, b"})
    assert isinstance(error, TimeMove)
    assert error.retry_at == NOW + timedelta(minutes=4)
    assert len(says.asked) == 1


def test_after_an_error_the_next_name_has_its_turn() -> None:
    says = Says()
    reader = open_reader({**PUBLIC, "hashtags": "a,b,c"}, cast(Web, says))
    says.answer = lambda: Answer(500, {}, b"", "https://toot.example/x")

    async def once() -> None:
        with suppress(OurMove):
            async for _ in reader.read("", NOW):
                pass

    for _ in range(3):
        asyncio.run(once())
    assert [url[-1] for url, _ in says.asked] == ["a", "b", "c"]


@pytest.mark.parametrize("code", [401, 403, 422])
def test_a_server_that_shows_nothing_to_strangers_wants_a_key(code: int) -> None:
    says = Says()
    says.answer = lambda: Answer(code, {}, b"", "https://toot.example/x")
    error = raised(says)
    assert isinstance(error, NotAllowed)
    assert error.key == "sources.access_refused"


def test_a_token_that_is_refused_must_be_renewed() -> None:
    says = Says()
    says.answer = lambda: Answer(401, {}, b"", "https://toot.example/x")
    assert isinstance(raised(says, MEMBER), Reconnect)


def update(number: int, kind: str = "update") -> list[str]:
    return [f"event: {kind}", f"data: {json.dumps(status(number))}", ""]


def test_a_stream_brings_posts_and_passes_over_edits_deletions_and_signs_of_life() -> None:
    said = [":)", *update(ID), ":thump", "event: delete", f"data: {ID}", ""]
    batches = read(Says(lines=[*said, *update(ID, "status.update"), *update(ID + 1)]), MEMBER)
    assert [post.id.rpartition("/")[2] for post in posts(batches)] == [str(ID), str(ID + 1)]
    assert places(batches) == {"#veyra": str(ID + 1)}


def test_an_event_in_several_lines_is_one_event() -> None:
    whole = json.dumps(status(), indent=1).split("\n")
    says = Says(lines=["event: update", *(f"data: {line}" for line in whole), ""])
    assert len(posts(read(says, MEMBER))) == 1


def test_an_event_without_end_ends_the_reading() -> None:
    error = raised(Says(lines=["data: x"] * 1000), MEMBER)
    assert error.key == "sources.unreadable"


def test_what_is_no_event_is_told_and_harms_no_other() -> None:
    says = Says(lines=["event: update", "data: {", "", "nothing", *update(ID)])
    batches = read(says, MEMBER)
    assert [remark.key for b in batches for remark in b.remarks] == ["sources.messages_broken"]
    assert len(posts(batches)) == 1


def test_the_stream_is_opened_first_and_then_what_came_before_is_fetched() -> None:
    says = Says(status(ID + 1), lines=update(ID + 1))
    batches = read(says, MEMBER, json.dumps({"#veyra": str(ID)}))
    assert len(posts(batches)) == 1
    (stream, headers), (timeline, _), *_ = says.asked
    assert stream == "https://streaming.toot.example/api/v1/streaming/hashtag?tag=veyra"
    assert headers == {"authorization": "Bearer secret"}
    assert timeline == "https://toot.example/api/v1/timelines/tag/veyra"


@pytest.mark.parametrize("streaming", ["ws://evil.example", "", "ftp://x.example"])
def test_our_token_never_goes_where_it_could_be_read(streaming: str) -> None:
    says = Says()
    says.streaming = streaming
    read(says, MEMBER)
    assert all(url.startswith("https://toot.example/") for url, _ in says.asked)


def test_a_server_without_streams_is_asked_instead() -> None:
    says = Says(status())
    says.streaming = None
    batches = read(says, MEMBER)
    assert len(posts(batches)) == 1
    assert "streaming" not in str(says.asked)


@pytest.mark.parametrize(
    ("changes", "key", "option"),
    [
        ({"hashtags": " , "}, "sources.option_missing", "hashtags"),
        ({"words": "veyra"}, "sources.option_missing", "token"),
        ({"hashtags": "two words"}, "sources.option_wrong", "hashtags"),
        ({"hashtags": "a/../b"}, "sources.option_wrong", "hashtags"),
        ({"hashtags": ",".join(map(str, range(21)))}, "sources.option_wrong", "hashtags"),
        ({"server": "toot.example/about"}, "sources.option_wrong", "server"),
        ({"server": "ftp://toot.example"}, "sources.option_wrong", "server"),
        ({"token": "line\nbreak"}, "sources.option_wrong", "token"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(
    changes: dict[str, str], key: str, option: str
) -> None:
    with pytest.raises(BadInput) as caught:
        open_reader({**PUBLIC, **changes}, cast(Web, Says()))
    assert caught.value.key == key
    assert caught.value.values["option"] == option
    assert "break" not in str(caught.value)


def test_hashtags_may_be_written_as_people_write_them() -> None:
    says = Says()
    read(says, {"server": "toot.example", "hashtags": "#Veyra，维拉\n veyra_fire, #Veyra"})
    asked = [url.rpartition("/")[2] for url, _ in says.asked]
    assert asked == ["Veyra", "%E7%BB%B4%E6%8B%89", "veyra_fire"]


def test_words_are_found_beside_a_stream_on_the_mock() -> None:
    """By the mock of Mastodon: what has the word but not the hashtag comes by the search."""

    async def whole(url: str) -> list[str]:
        web = Egress(clock, allow_private=True)
        options = {"server": url, "hashtags": TAG, "words": "smoke", "token": TOKEN}
        texts: list[str] = []
        async with asyncio.timeout(10):
            async for batch in open_reader(options, web).read("", clock()):
                texts += [post.text for post in batch.posts]
                if len(texts) == 2:
                    break
        await web.aclose()
        await asyncio.sleep(0.05)
        return texts

    with mock() as on:
        on.post("there is smoke")
        on.post("it burns #veyra")
        assert sorted(asyncio.run(whole(on.url))) == ["it burns #veyra", "there is smoke"]
