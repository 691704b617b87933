"""A browser, and the product running as its parts, for tests that fake nothing on our side."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from parts import Parts
from playwright.sync_api import Browser, sync_playwright

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
