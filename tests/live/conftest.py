"""A browser, and the product running as its parts, for tests that fake nothing on our side."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from live.own_pds import Pds, running
from parts import Parts
from playwright.sync_api import Browser, Page, sync_playwright

from fenghuo.app import App
from fenghuo.config import Config

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
"""A browser that talks to nobody but the page that it was sent to."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(QUIET))
        yield made
        made.close()


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[App]:
    """The product's own face over the database that its parts work on."""
    made = App(Config(var=tmp_path, database=f"sqlite:///{tmp_path / 'fenghuo.db'}"))
    (tmp_path / "fenghuo.db").write_bytes(sqlite_template.read_bytes())
    yield made
    made.store.close()


@pytest.fixture
def parts(app: App, tmp_path: Path) -> Iterator[Parts]:
    """Web, engine and readers, running."""
    made = Parts(app.config.database_url, tmp_path, ("web", "engine", "readers"))
    made.start()
    made.wait()
    yield made
    made.end()


@pytest.fixture(scope="session")
def pds() -> Iterator[Pds]:
    """A real Bluesky server with one account; the first time it is installed."""
    with running() as made:
        yield made


@pytest.fixture
def local_parts(app: App, tmp_path: Path) -> Iterator[Parts]:
    """Web, engine and readers, which may read from this machine."""
    names = ("web", "engine", "readers")
    made = Parts(app.config.database_url, tmp_path, names, FENGHUO_ALLOW_PRIVATE="127.0.0.1,::1")
    made.start()
    made.wait()
    yield made
    made.end()


@pytest.fixture
def watching(browser: Browser, local_parts: Parts, app: App) -> Iterator[Page]:
    """A page of the first owner, who watches Veyra and has no source yet."""
    context = browser.new_context(locale="en-GB", base_url=local_parts.home)
    page = context.new_page()
    page.goto(f"/first-owner/{app.access.first_owner_secret()}")
    for name, value in (
        ("workspace", "Veyra"),
        ("name", "Chen"),
        ("email", "chen@veyra.example"),
        ("password", "correct horse battery"),
    ):
        page.fill(f"[name={name}]", value)
    page.click("button.main")
    page.goto("/watch")
    page.fill("[name=brand]", "Veyra")
    page.fill("[name=query]", "veyra")
    page.click("button.main")
    [watch] = app.listen.watches()
    for view in app.sources.overview(watch.workspace):
        # What the product itself reads for a new watch lies outside this machine.
        app.sources.remove(watch.workspace, view.source.id)
    yield page
    context.close()
