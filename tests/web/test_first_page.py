"""The first page: a watch reads at once from public sources, and shows before what it would hit."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes.site import Asked, Say, site
from web.house import House

from fenghuo.app import App, Sampled
from fenghuo.config import Config
from fenghuo.domain.source import Source

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Trade press</title>
<item><guid>1</guid><title>Veyra power bank catches fire</title><link>https://p.example/1</link>
<pubDate>Mon, 01 Jun 2026 12:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>Nothing about us &lt;b hx-get="/x"&gt;</title></item></channel></rss>"""
BRAND = {"brand": "Veyra", "query": "veyra", "markets": "de, us"}


def press(house: House, path: str, **form: object) -> tuple[int, str]:
    sent = {**BRAND, **form, "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post(path, data=sent)
    return answer.status_code, answer.text


def kept(house: House) -> dict[str, Source]:
    return {v.source.title: v.source for v in house.app.sources.overview(house.workspace)}


def test_a_new_watch_reads_at_once_from_public_sources_that_need_no_key(house: House) -> None:
    assert press(house, "/watch")[0] == 303
    found = kept(house)
    assert {source.platform for source in found.values()} == {
        "feeds", "hackernews", "mastodon", "bluesky",
    }  # fmt: skip
    assert sum("DE" in title or "US" in title for title in found) == 2


def test_only_the_checked_sources_are_read_and_none_twice(house: House) -> None:
    press(house, "/watch", start=["bluesky", "hackernews"])
    assert {source.platform for source in kept(house).values()} == {"bluesky", "hackernews"}
    press(house, "/watch", brand="Lumora", query="lumora", start=["bluesky", "hackernews"])
    platforms = sorted(source.platform for source in kept(house).values())
    assert platforms == ["bluesky", "hackernews", "hackernews"]


def test_a_proxy_is_sealed_and_a_wrong_one_keeps_nothing(house: House) -> None:
    status, text = press(house, "/watch", proxy="carrier pigeon")
    assert status == 422
    assert "carrier pigeon" in text
    assert kept(house) == {}
    assert len(house.app.listen.watches(house.workspace)) == 1
    press(house, "/watch", proxy="socks5://me:secret@127.0.0.1:1080", start="bluesky")
    [source] = kept(house).values()
    assert "secret" not in source.options["proxy"]
    assert house.app.source_options(source)["proxy"] == "socks5://me:secret@127.0.0.1:1080"


def test_the_preview_says_what_hits_and_which_source_cannot_be_reached(
    database_url: str, tmp_path: Path
) -> None:
    def serve(asked: Asked) -> Say:
        return Say(body=FEED) if asked.path == "/feed" else Say(status=500)

    app = App(Config(var=tmp_path, database=database_url, allow_private="127.0.0.1"))
    with site(serve) as web:
        sources = [
            Source("a", "w", "feeds", "good", {"url": f"{web.url}/feed"}),
            Source("b", "w", "feeds", "bad", {"url": f"{web.url}/broken"}),
            Source("c", "w", "feeds", "inside", {"url": "http://10.0.0.1/x"}),
        ]
        good, bad, inside = asyncio.run(app.preview("w", "veyra", sources))
    assert (good.posts, good.hits) == (2, 1)
    assert [hit.words for hit in good.shown[0][1]] == ["Veyra"]
    assert bad.error is not None
    assert bad.error.key == "sources.server_trouble"
    assert inside.error is not None
    assert inside.error.key == "sources.address_forbidden"
    app.close()


def test_the_preview_of_a_query_that_cannot_be_read_says_so(house: House) -> None:
    status, text = press(house, "/watch/preview", query="veyra OR (")
    assert status == 200
    assert 'role="alert"' in text
    assert 'name="start"' not in text


def test_the_preview_names_the_markets_whose_news_must_come_from_elsewhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unread(workspace: str, query: str, sources: Sequence[Source]) -> list[Sampled]:
        return [Sampled(0, 0) for _ in sources]

    monkeypatch.setattr(house.app, "preview", unread)
    client = house.client(house.owner, fenghuo_language="en")
    sent = {**BRAND, "markets": "de, Norway", "csrf": house.csrf(house.owner)}
    text = client.post("/watch/preview", data=sent).text
    [told] = re.findall(r"No news feed is shipped for ([^.]*)\.", text)
    assert told == "Norway"
    text = client.post("/watch/preview", data={**sent, "markets": "de"}).text
    assert "No news feed is shipped" not in text
