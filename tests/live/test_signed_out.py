"""A page whose session ends while it is open says so, and loses nothing that was typed."""

from collections.abc import Iterator

import pytest
from parts import Parts
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fenghuo.app import App

pytestmark = pytest.mark.live
WORD = "correct horse battery"
TYPED = "Veyra OR (power bank near smoke)"


@pytest.fixture
def context(browser: Browser, parts: Parts) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", base_url=parts.home)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, app: App) -> Page:
    """The form of a watch, half filled in by the first owner."""
    made = context.new_page()
    made.goto(f"/first-owner/{app.access.first_owner_secret()}")
    for name, value in (("workspace", "Veyra"), ("name", "Chen"),
                        ("email", "chen@veyra.example"), ("password", WORD)):  # fmt: skip
        made.fill(f"[name={name}]", value)
    made.click("button.main")
    made.goto("/watch")
    made.fill("[name=brand]", "Veyra")
    made.fill("[name=query]", TYPED)
    return made


def sign_out_elsewhere(context: BrowserContext, app: App) -> None:
    [secret] = [c["value"] for c in context.cookies() if c["name"] == "fenghuo_session"]
    app.access.sign_out(secret)


def sign_in_again(context: BrowserContext) -> None:
    other = context.new_page()
    other.goto("/sign-in")
    other.fill("[name=email]", "chen@veyra.example")
    other.fill("[name=password]", WORD)
    other.click("button.main")
    other.wait_for_url("**/")
    other.close()


def test_what_was_typed_outlives_a_sign_out_elsewhere_and_is_sent_after_signing_in_again(
    context: BrowserContext, page: Page, app: App
) -> None:
    notice = page.get_by_text("You are signed out.")
    expect(notice).to_be_hidden()
    sign_out_elsewhere(context, app)
    page.click("button.main")
    expect(notice).to_be_visible()
    expect(page.locator("[name=query]")).to_have_value(TYPED)
    assert app.listen.watches() == []
    sign_in_again(context)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(notice).to_be_hidden()
    page.click("button.main")
    page.wait_for_url("**/?watch=*")
    assert [w.watch.query for w in app.listen.watches()] == [TYPED]


def test_a_live_page_says_by_itself_that_it_stands_still(
    context: BrowserContext, page: Page, app: App
) -> None:
    page.click("button.main")
    page.wait_for_url("**/?watch=*")
    sign_out_elsewhere(context, app)
    expect(page.get_by_text("You are signed out.")).to_be_visible(timeout=60_000)


def test_a_page_of_another_workspace_sends_nothing_into_this_one(
    context: BrowserContext, page: Page, app: App
) -> None:
    [secret] = [c["value"] for c in context.cookies() if c["name"] == "fenghuo_session"]
    found = app.access.session(secret)
    assert found is not None
    place = app.access.begin_workspace(found.person.id, "Lumora", "real")
    context.add_cookies([{"name": "fenghuo_workspace", "value": place.id,
                          "url": page.url}])  # fmt: skip
    page.click("button.main")
    expect(page.get_by_text("or in another workspace")).to_be_visible()
    expect(page.locator("[name=query]")).to_have_value(TYPED)
    assert app.listen.watches() == []
