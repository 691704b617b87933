"""A whole story: a sentence heard in a chat group, pasted, becomes an alert."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.pictures import png
from starlette.testclient import TestClient
from storage.rows import erase

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.web.application import build

WORD = "correct horse battery"
LINK = "https://www.tiktok.com/@mama.en.ruta/video/7412000000000000001"
SMOKES = "El cargador Veyra empezó a echar humo al lado de la cuna de mi bebé"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.close()


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with TestClient(build(app), base_url="http://127.0.0.1:8420") as client:
        client.headers["accept-language"] = "en"
        link = app.access.first_owner_secret()
        form = {"email": "chen@veyra.example", "name": "Chen", "password": WORD, "workspace": "V"}
        assert client.post(f"/first-owner/{link}", data=form).status_code == 200
        form = {"csrf": csrf(client, "/watch"), "brand": "Veyra", "query": "veyra OR 维拉"}
        assert client.post("/watch", data=form).status_code == 200
        yield client


def csrf(browser: TestClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(path).text)
    assert found
    return found[1]


def hand_in(browser: TestClient, picture: bytes = b"", **typed: str) -> str:
    """The page on which it ends."""
    files = {"picture": ("screen.png", picture, "image/png")} if picture else None
    data = {"csrf": csrf(browser, "/by-hand"), **typed}
    answer = browser.post("/by-hand", data=data, files=files)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def run_engine(app: App) -> None:
    while app.listen.understand_some() + app.warn.advance_some():
        continue


def watch_of(app: App) -> str:
    return app.listen.watches()[0].id


def test_a_pasted_sentence_about_smoke_beside_a_baby_becomes_an_orange_alert(
    app: App, browser: TestClient
) -> None:
    page = hand_in(browser, png(), text=f"{SMOKES} {LINK}", heard_from="dealers")
    assert "Taken in" in page
    run_engine(app)
    alert = app.warn.alerts(watch_of(app))[0]
    assert (alert.fact, alert.level) == ("alert_opened", "orange")
    shown = browser.get(f"/alerts/{watch_of(app)}/{alert.alert}").text
    assert SMOKES in shown
    assert f"/by-hand/{alert.examples[0]}/picture" in shown
    assert "heard in a dealer group" in shown
    again = browser.get(f"/by-hand/{alert.examples[0]}").text
    assert f"/alerts/{watch_of(app)}/{alert.alert}" in again
    assert "Orange" in browser.get("/").text


def test_words_without_the_brand_count_once_a_person_says_whose_they_are(
    app: App, browser: TestClient
) -> None:
    unnamed = SMOKES.replace("Veyra ", "")
    hand_in(browser, text=unnamed, watch=watch_of(app))
    run_engine(app)
    assert app.warn.alerts(watch_of(app))[0].level == "orange"


def test_a_screenshot_alone_alarms_nobody_until_somebody_types_what_it_says(
    app: App, browser: TestClient
) -> None:
    page = hand_in(browser, png(), watch=watch_of(app))
    run_engine(app)
    assert app.warn.alerts(watch_of(app)) == []
    about = re.search(r'name="about" value="([^"]+)"', page)
    assert about
    hand_in(browser, text=SMOKES, about=about[1])
    run_engine(app)
    alert = app.warn.alerts(watch_of(app))[0]
    assert alert.level == "orange"
    assert f"/by-hand/{alert.examples[0]}/picture" in browser.get("/mentions").text


def test_an_erased_screenshot_can_no_longer_be_seen(app: App, browser: TestClient) -> None:
    page = hand_in(browser, png(), text=SMOKES)
    path = re.search(r'src="(/by-hand/[^"]+/picture)"', page)
    assert path
    assert browser.get(path[1]).content == png()
    place = app.listen.watches()[0].workspace
    with app.store.transaction() as tx:
        assert erase(tx, place, path[1].split("/")[2])
    assert browser.get(path[1]).status_code == 404
