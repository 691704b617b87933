"""A real Bluesky server: what is posted there, read from its own firehose by the running product.

Jetstream itself is no part of that server: its frames are made here from the records that the
server holds, by our fake, and must give the same posts.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import pytest
from fakes.bluesky import Jetstream, ToldStand, event
from live.own_pds import Pds
from parts import Parts
from playwright.sync_api import Page, expect

from fenghuo.app import App
from fenghuo.domain.post import Post
from fenghuo.domain.source import Health, Source
from fenghuo.platforms.bluesky import open_reader
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.reads import Batch
from fenghuo.security.egress import Egress

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]
T = TypeVar("T")
PATIENCE_S = 40
CARD = {"uri": "https://news.example/fire", "title": "Fire", "description": "A power bank burns"}


def clock() -> datetime:
    """The server runs on the real clock."""
    return datetime.now(UTC)  # noqa: TID251


def until(holds: Callable[[], bool], what: str) -> None:
    for _ in range(PATIENCE_S * 10):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"never: {what}")


class Heard:
    """What the product has heard."""

    def __init__(self, app: App) -> None:
        self.app = app
        [watch] = app.listen.watches()
        self.workspace = watch.workspace

    def follow(self, host: str) -> None:
        options = {"way": "firehose", "host": host}
        self.app.save_source(Source("net", self.workspace, "bluesky", "Bluesky", options))

    @property
    def health(self) -> Health:
        [view] = self.app.sources.overview(self.workspace)
        return view.health

    def post(self, uri: str) -> Post | None:
        found = self.app.listen.mentions(MentionSearch(self.workspace, limit=200))
        return next((mention.post for mention in found if mention.post.id == uri), None)


def test_a_post_on_bluesky_changes_the_open_page_and_a_break_loses_nothing(
    watching: Page, local_parts: Parts, app: App, pds: Pds
) -> None:
    heard = Heard(app)
    heard.follow(pds.url)
    # A stream begins when it is opened: until then what is posted is not ours to hear.
    until(lambda: bool(pds.post("Good morning") and heard.health.posts), "the stream is open")
    watching.goto("/")
    watching.evaluate("document.body.dataset.opened = 'once'")
    expect(watching.locator(".over .word-calm")).to_be_visible()
    grave = pds.post("My Veyra power bank caught fire in bed, my daughter is in hospital")
    expect(watching.locator(".over .word-orange")).to_be_visible(timeout=PATIENCE_S * 1000)
    assert watching.evaluate("document.body.dataset.opened") == "once"

    local_parts.kill("readers")
    reply = {"root": grave, "parent": grave}
    answer = pds.post("Veyra, please answer", reply=reply)
    gone = pds.post("Veyra, this one I take back")
    pds.delete(gone["uri"])
    local_parts.start()
    until(lambda: heard.post(answer["uri"]) is not None, "what came during the break")

    first, second = heard.post(grave["uri"]), heard.post(answer["uri"])
    assert first is not None
    assert second is not None
    assert (first.author.id, first.lang, first.kind) == (pds.did, "en", "post")
    assert first.url == f"https://bsky.app/profile/{pds.did}/post/{grave['uri'].rpartition('/')[2]}"
    assert (second.kind, second.in_reply_to) == ("reply", grave["uri"])
    assert heard.health.error == ""


def run(task: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the browser's tests hold a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, task).result()


async def taken(batches: AsyncIterator[Batch], wanted: set[str]) -> dict[str, Post]:
    """Posts until these have come."""
    got: dict[str, Post] = {}
    async with asyncio.timeout(PATIENCE_S), aclosing(cast(Any, batches)) as stream:
        async for batch in stream:
            got.update({post.id: post for post in batch.posts})
            if wanted <= set(got):
                break
    return {name: post for name, post in got.items() if name in wanted}


async def by_firehose(pds: Pds, wanted: set[str]) -> dict[str, Post]:
    web = Egress(clock, allow_private=True)
    reader = open_reader({"way": "firehose", "host": pds.url}, web)
    found = await taken(reader.read(f"firehose {pds.host} 0", clock()), wanted)
    await web.aclose()
    return found


async def by_jetstream(pds: Pds, records: Mapping[str, Any]) -> dict[str, Post]:
    async with ToldStand("", Jetstream, overlaps=True).world() as world:
        reading = asyncio.create_task(taken(world.reads().read("", world.now), set(records)))
        while not world.connections:
            await asyncio.sleep(0.01)
        for number, (uri, record) in enumerate(records.items(), 1):
            rkey = uri.rpartition("/")[2]
            await world.say(number, event(rkey, record, number, did=pds.did))
        return await reading


def test_jetstream_made_of_the_records_says_the_same_as_the_firehose(pds: Pds) -> None:
    quoted = pds.post("The Veyra fire, a thread")
    facet = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/recall"}
    index = {"byteStart": 0, "byteEnd": 6}
    pds.post("recall 维芮 🔥", facets=[{"index": index, "features": [facet]}], langs=["zh", "en"])
    pds.post("look", embed={"$type": "app.bsky.embed.record", "record": quoted})
    pds.post("news", embed={"$type": "app.bsky.embed.external", "external": CARD})
    records = {found["uri"]: found["value"] for found in pds.records()}
    firehose = run(by_firehose(pds, set(records)))
    jetstream = run(by_jetstream(pds, records))
    assert firehose == jetstream
    told = [jetstream[uri] for uri in list(records)[-4:]]
    assert [post.kind for post in told] == ["post", "post", "quote", "post"]
    assert told[1].links == ("https://shop.example/recall",)
    assert told[2].links[0].endswith(quoted["uri"].rpartition("/")[2])
    assert told[3].links == ("https://news.example/fire",)


def test_a_number_from_the_future_begins_anew(pds: Pds) -> None:
    async def whole() -> list[Batch]:
        web = Egress(clock, allow_private=True)
        reader = open_reader({"way": "firehose", "host": pds.url}, web)
        assert (await reader.check()).ok
        return [b async for b in reader.read(f"firehose {pds.host} 999999999", clock())]

    [batch] = run(whole())
    assert batch.cursor == ""
    assert [remark.key for remark in batch.remarks] == ["sources.stream_gap"]
