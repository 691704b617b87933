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


def test_an_open_page_learns_whose_it_is_and_that_its_session_is_over(house: House) -> None:
    session = house.member("lead")
    client = house.client(session)
    told = client.get("/session").json()
    assert (told["workspace"], told["reads"]) == (house.workspace, True)
    assert told["csrf"] == house.csrf(session)
    house.app.access.sign_out(session)
    assert client.get("/session").status_code == 401


def test_whoever_may_read_nothing_here_any_more_has_no_page_here(house: House) -> None:
    session = house.member("lead")
    client = house.client(session)
    assert client.get("/session").json()["reads"] is True
    found = house.app.access.session(session)
    assert found is not None
    house.app.access.change_roles(house.workspace, found.person.id, ["guest"])
    assert client.get("/session").json()["reads"] is False


def test_an_open_page_that_asks_is_no_person_at_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[bool] = []
    looked = house.app.access.session

    def noted(secret: str, *, used: bool = True, told: list[bool] = used) -> object:
        told.append(used)
        return looked(secret, used=used)

    monkeypatch.setattr(house.app.access, "session", noted)
    assert house.client(house.owner).get("/session").status_code == 200
    assert used == [False]


def test_every_page_of_a_member_holds_the_words_for_its_sessions_end(house: House) -> None:
    text = house.client(house.owner, fenghuo_language="en").get("/settings").text
    assert 'id="signed-out"' in text
    assert "You are signed out." in text
    assert 'id="signed-out"' not in house.client().get("/sign-in").text


@pytest.mark.parametrize("path", ["/settings/invite", "/settings/me", "/sign-out"])
def test_a_form_that_a_page_sends_after_its_session_has_ended_leaves_the_page_as_it_is(
    house: House, path: str
) -> None:
    session = house.member("owner")
    data = {"csrf": house.csrf(session), "roles": "viewer", "name": "x"}
    house.app.access.sign_out(session)
    assert house.client(session).post(path, params={"stay": "1"}, data=data).status_code == 204
    assert house.client(house.owner).post(path, params={"stay": "1"}, data=data).status_code == 204
    assert house.client(session).post(path, data=data).status_code in {303, 403}
