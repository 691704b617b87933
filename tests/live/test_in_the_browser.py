"""From a post to an alert on a page that was open already: the product as people run it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from parts import Parts
from playwright.sync_api import Browser, Page, expect

from fenghuo.app import App

pytestmark = pytest.mark.live
PATIENCE_MS = 30_000


@pytest.fixture
def page(browser: Browser, parts: Parts, app: App) -> Iterator[Page]:
    """A page of the first owner; at the end nothing was refused by the policy or failed."""
    context = browser.new_context(locale="en-GB", base_url=parts.home)
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: complaints.append(str(e)))
    made.goto(f"/first-owner/{app.access.first_owner_secret()}")
    for name, value in (
        ("workspace", "Veyra"),
        ("name", "Chen"),
        ("email", "chen@veyra.example"),
        ("password", "correct horse battery"),
    ):
        made.fill(f"[name={name}]", value)
    made.click("button.main")
    yield made
    context.close()
    assert complaints == []


def send(parts: Parts, app: App, text: str) -> None:
    [place] = {watch.workspace for watch in app.listen.watches()}
    token = app.access.create_token(place, "shop", ["posts:write"])
    now = datetime.now(UTC).isoformat()  # noqa: TID251 - the product runs on the real clock
    answer = httpx.post(
        f"{parts.home}/api/v1/posts",
        content=json.dumps({"platform": "x", "id": "1", "time": now, "text": text}),
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert answer.json()["accepted"] == 1


def test_a_grave_post_changes_the_open_page_without_a_reload(
    page: Page, parts: Parts, app: App
) -> None:
    page.goto("/watch")
    page.fill("[name=brand]", "Veyra")
    page.fill("[name=query]", "veyra")
    page.click("button.main")
    page.goto("/")
    page.evaluate("document.body.dataset.opened = 'once'")
    expect(page.locator(".over .word-calm")).to_be_visible()
    send(parts, app, "My Veyra power bank caught fire in bed, my daughter is in hospital")
    expect(page.locator(".over .word-orange")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.body.dataset.opened") == "once"
