"""The mock of Mastodon's server: what its people post, read by the running product.

Not a real Mastodon, and not written by us; its timelines, streams and search are its own.
"""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from fakes.mastodon import TAG, TOKEN, Mock, mock
from parts import Parts
from playwright.sync_api import Page, expect

from fenghuo.app import App
from fenghuo.domain.post import Post
from fenghuo.domain.source import Health, Source
from fenghuo.i18n import say
from fenghuo.ports.listen_store import MentionSearch

pytestmark = pytest.mark.live
PATIENCE_S = 40
GRAVE = "My Veyra power bank caught fire in bed, my daughter is in hospital"


@pytest.fixture
def instance() -> Iterator[Mock]:
    """A server with a few people and no posts."""
    with mock() as made:
        yield made


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

    def follow(self, server: str, **options: str) -> None:
        asked = {"server": server, **options}
        self.app.save_source(Source("net", self.workspace, "mastodon", "Mastodon", asked))

    @property
    def health(self) -> Health:
        [view] = self.app.sources.overview(self.workspace)
        return view.health

    def post(self, uri: str) -> Post | None:
        found = self.app.listen.mentions(MentionSearch(self.workspace, limit=200))
        return next((mention.post for mention in found if mention.post.id == uri), None)


def test_a_streamed_post_changes_the_open_page_and_a_break_loses_nothing(
    watching: Page, local_parts: Parts, app: App, instance: Mock
) -> None:
    heard = Heard(app)
    heard.follow(instance.url, hashtags=TAG, token=TOKEN)
    instance.post(f"Good morning, Veyra #{TAG}")
    until(lambda: heard.health.posts > 0, "the stream is open")
    watching.goto("/")
    watching.evaluate("document.body.dataset.opened = 'once'")
    expect(watching.locator(".over .word-calm")).to_be_visible()
    grave = instance.post(f"{GRAVE} <b>now</b> & here #{TAG}")
    expect(watching.locator(".over .word-orange")).to_be_visible(timeout=PATIENCE_S * 1000)
    assert watching.evaluate("document.body.dataset.opened") == "once"

    local_parts.kill("readers")
    names = {"in_reply_to_id": grave["id"], "spoiler_text": "fire", "language": "de"}
    answer = instance.post(f"Veyra, bitte antworten #{TAG}", "bob_token", **names)
    silent = instance.post(f"Veyra, for friends only #{TAG}", visibility="private")
    local_parts.start()
    until(lambda: heard.post(answer["uri"]) is not None, "what came during the break")

    first, second = heard.post(grave["uri"]), heard.post(answer["uri"])
    assert first is not None
    assert second is not None
    assert first.text == f"{GRAVE} <b>now</b> & here #{TAG}"
    assert first.author.name.startswith("alice@")
    assert (second.kind, second.title, second.lang) == ("reply", "fire", "de")
    assert second.in_reply_to.endswith(f"/{grave['id']}")
    assert heard.post(silent["uri"]) is None
    assert heard.health.error == ""


def test_without_a_token_a_timeline_is_asked_and_a_refusal_is_told_with_its_cure(
    watching: Page, local_parts: Parts, app: App, instance: Mock
) -> None:
    heard = Heard(app)
    posts = [instance.post(f"Veyra is late {n} #{TAG}") for n in range(3)]
    heard.follow(instance.url, hashtags=TAG)
    until(lambda: heard.health.posts == 3, "what was posted lately")
    assert all(heard.post(post["uri"]) for post in posts)

    local_parts.kill("readers")
    more = [instance.post(f"Veyra is slow {n} #{TAG}", "bob_token") for n in range(90)]
    rule = {"match": {"methods": ["GET"]}, "effect": {"type": "status", "status": 422}}
    httpx.post(f"{instance.url}/api/v1/_mock/faults", json=rule).raise_for_status()
    local_parts.start()
    until(lambda: bool(heard.health.error), "the refusal")
    watching.goto("/sources")
    told = say("sources.access_refused", "en", host=instance.url.partition("://")[2])
    expect(watching.get_by_text(told)).to_be_visible()

    local_parts.kill("readers")
    httpx.delete(f"{instance.url}/api/v1/_mock/faults").raise_for_status()
    local_parts.start()
    until(lambda: heard.health.posts == 93, "every page that came meanwhile")
    assert all(heard.post(post["uri"]) for post in more)
    assert heard.health.error == ""
