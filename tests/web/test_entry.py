"""The doors: what a link says before anybody types."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web.house import HOME, WORD, House

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.people import Newcomer
from fenghuo.web.application import build


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """A product that nobody owns yet."""
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.close()


def stranger(app: App) -> TestClient:
    return TestClient(build(app), HOME, follow_redirects=False)


def test_the_first_owners_link_shows_its_form_however_often_it_is_looked_at(app: App) -> None:
    link = app.access.first_owner_secret()
    for _ in range(3):
        answer = stranger(app).get(f"/first-owner/{link}?then=demo")
        assert answer.status_code == 200
        assert 'name="workspace"' in answer.text


def test_a_wrong_or_spent_first_owners_link_is_refused_before_anything_is_typed(app: App) -> None:
    old = app.access.first_owner_secret()
    link = app.access.first_owner_secret()
    app.access.create_first_owner(link, Newcomer("a@b.example", "A", WORD), "W")
    for secret in ("no-such-link", old, link):
        answer = stranger(app).get(f"/first-owner/{secret}", headers={"accept-language": "en"})
        assert answer.status_code == 410
        assert "<form" not in answer.text
        assert "Fenghuo printed at its latest start" in answer.text
        assert 'href="/sign-in"' in answer.text


def test_a_wrong_or_spent_invitation_is_refused_before_anything_is_typed(house: House) -> None:
    spent = house.app.access.invite(house.workspace, ["viewer"])
    house.app.access.accept_invite(spent, Newcomer("wu@veyra.example", "Wu", WORD), "127.0.0.1")
    for secret in ("no-such-link", spent):
        answer = house.client().get(f"/join/{secret}")
        assert answer.status_code == 410
        assert "<form" not in answer.text
