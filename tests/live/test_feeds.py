"""A feed that gets into every trouble, read by the product as it runs, until a grave post comes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from parts import Parts, free_port
from playwright.sync_api import Browser, Page, expect

from fenghuo.app import App
from fenghuo.domain.source import Health, Source
from fenghuo.i18n import say

pytestmark = pytest.mark.live
PATIENCE_S = 40
HOST = "127.0.0.1"


class Feed:
    """The feed's server, in a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        script = Path(__file__).with_name("feed_server.py")
        self.process = subprocess.Popen([sys.executable, str(script), str(self.port)])
        until(lambda: self.up(), "the feed's server starts")

    def up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/asked").status_code == 200
        except httpx.TransportError:
            return False

    def play(self, behaviour: str) -> None:
        httpx.post(f"{self.url}/play", params={"as": behaviour}).raise_for_status()

    def post(self, text: str) -> None:
        httpx.post(f"{self.url}/post", content=text).raise_for_status()

    def asked(self) -> dict[str, str]:
        found: dict[str, str] = httpx.get(f"{self.url}/asked").json()["headers"]
        return found

    @property
    def served(self) -> int:
        return int(httpx.get(f"{self.url}/asked").json()["served"])


class Readers:
    """The product's readers, started anew for each behaviour, as after a restart: they ask at
    once, where they would otherwise wait as long as the feed or its trouble asks."""

    def __init__(self, parts: Parts, app: App, feed: Feed) -> None:
        self.parts = parts
        self.app = app
        self.feed = feed

    @property
    def health(self) -> Health:
        [watch] = self.app.listen.watches()
        views = self.app.sources.overview(watch.workspace)
        return next(view.health for view in views if view.source.id == "feed")

    def meet(self, behaviour: str, holds: Callable[[Health], bool]) -> Health:
        """Read the feed as it behaves now, once, until the health shows it."""
        self.feed.play(behaviour)
        served = self.feed.served
        self.parts.start()
        until(lambda: self.feed.served > served and holds(self.health), behaviour)
        self.parts.kill("readers")
        return self.health


def until(holds: Callable[[], bool], what: str) -> None:
    for _ in range(PATIENCE_S * 20):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


@pytest.fixture
def feed() -> Iterator[Feed]:
    made = Feed()
    yield made
    made.process.terminate()
    made.process.wait()


@pytest.fixture
def parts(app: App, tmp_path: Path) -> Iterator[Parts]:
    """Web, engine and readers; of all private addresses only the feed's may be dialled."""
    names = ("web", "engine", "readers")
    made = Parts(app.config.database_url, tmp_path, names, FENGHUO_ALLOW_PRIVATE=HOST)
    made.start()
    made.wait()
    made.kill("readers")
    yield made
    made.end()


@pytest.fixture
def page(browser: Browser, parts: Parts, app: App) -> Iterator[Page]:
    """A page of the first owner, who watches Veyra."""
    context = browser.new_context(locale="en-GB", base_url=parts.home)
    made = context.new_page()
    made.goto(f"/first-owner/{app.access.first_owner_secret()}")
    for name, value in (
        ("workspace", "Veyra"),
        ("name", "Chen"),
        ("email", "chen@veyra.example"),
        ("password", "correct horse battery"),
    ):
        made.fill(f"[name={name}]", value)
    made.click("button.main")
    made.goto("/watch")
    made.fill("[name=brand]", "Veyra")
    made.fill("[name=query]", "veyra")
    made.click("button.main")
    yield made
    context.close()


def shows(key: str, health: Health) -> bool:
    return health.error == key


def told(page: Page, health: Health, key: str, move: str) -> None:
    """The trouble stands on the page of sources, with whose move it is and what to do."""
    assert (health.error, health.move) == (key, move)
    page.goto("/sources")
    expect(page.get_by_text(say(f"sources.move_{move}", "en"))).to_be_visible()
    expect(page.get_by_text(say(key, "en", **health.values))).to_be_visible()


def test_every_trouble_of_a_feed_is_told_and_the_grave_post_after_it_is_an_alert(
    page: Page, parts: Parts, app: App, feed: Feed
) -> None:
    [watch] = app.listen.watches()
    for source in app.sources.overview(watch.workspace):
        # What the product itself reads for a new watch lies outside this machine.
        app.sources.remove(watch.workspace, source.source.id)
    options = {"url": f"{feed.url}/feed", "kind": "article", "country": ""}
    app.save_source(Source("feed", watch.workspace, "feeds", "Trade news", options))
    readers = Readers(parts, app, feed)
    feed.post("Veyra opens a shop")
    assert readers.meet("well", lambda h: h.posts == 1).error == ""
    first = readers.health.last_read
    readers.meet("well", lambda h: h.last_read > first)
    assert feed.asked()["if-none-match"] == '"1"'
    assert readers.health.posts == 1

    for behaviour, key, move in (
        ("too_many", "sources.wait", "time"),
        ("breaks", "sources.server_trouble", "ours"),
        ("leads_inside", "sources.address_forbidden", "user"),
        ("huge", "sources.too_big", "user"),
        ("broken", "sources.unreadable", "ours"),
    ):
        health = readers.meet(behaviour, partial(shows, key))
        told(page, health, key, move)
        assert health.posts == 1

    feed.post("Veyra has a new colour")
    feed.post("My Veyra power bank caught fire in bed, my daughter is in hospital")
    assert readers.meet("cut", lambda h: h.posts == 2).error == ""
    page.goto("/")
    expect(page.locator(".over .word-calm")).to_be_visible()
    readers.meet("well", lambda h: h.posts == 3)
    expect(page.locator(".over .word-orange")).to_be_visible(timeout=PATIENCE_S * 1000)
    page.goto("/sources")
    expect(page.get_by_text(say("web.source_well", "en"))).to_be_visible()
