"""A whole story: posts come in by the API, are understood, and an alert stands on the page."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.web.application import build

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the product runs on the real clock
WORD = "correct horse battery"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.store.close()


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with TestClient(build(app), base_url="http://127.0.0.1:8420") as client:
        client.headers["accept-language"] = "en"
        link = app.access.first_owner_secret()
        form = {"email": "chen@veyra.example", "name": "Chen", "password": WORD, "workspace": "V"}
        assert client.post(f"/first-owner/{link}", data=form).status_code == 200
        yield client


def csrf(browser: TestClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(path).text)
    assert found
    return found[1]


def begin_watch(browser: TestClient) -> str:
    form = {"csrf": csrf(browser, "/watch"), "brand": "Veyra", "query": "veyra OR 维拉"}
    return str(browser.post("/watch", data=form).url).split("watch=")[1]


def token(browser: TestClient) -> str:
    form = {"csrf": csrf(browser, "/settings"), "title": "shop", "scopes": ["posts:write"]}
    found = re.search(r"fh_[\w-]+", browser.post("/settings/token", data=form).text)
    assert found
    return found[0]


def post(number: int, text: str, **changes: object) -> dict[str, object]:
    time = (NOW - timedelta(minutes=30)).isoformat()
    return {"platform": "x", "id": str(number), "time": time, "text": text, **changes}


def send(browser: TestClient, secret: str, *posts: dict[str, object]) -> dict[str, object]:
    lines = "\n".join(json.dumps(p) for p in posts)
    headers = {"authorization": f"Bearer {secret}"}
    answer = browser.post("/api/v1/posts", content=lines, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def run_engine(app: App) -> None:
    while app.listen.understand_some() + app.warn.advance_some():
        continue


def test_one_grave_post_stands_as_an_orange_alert_on_the_page_and_can_be_acknowledged(
    app: App, browser: TestClient
) -> None:
    watch, secret = begin_watch(browser), token(browser)
    done = send(
        browser,
        secret,
        post(1, "My Veyra power bank arrived today, looks great."),
        post(2, "The Veyra power bank caught fire in my hand, my daughter is in hospital."),
        post(3, "Nothing to do with the brand."),
    )
    assert (done["accepted"], done["matched"], done["duplicates"]) == (3, 2, 0)
    run_engine(app)
    page = browser.get("/").text
    assert "Orange · II" in page
    alert = browser.get(f"/alerts/{watch}/a1").text
    assert "caught fire" in alert
    form = {"csrf": csrf(browser, f"/alerts/{watch}/a1"), "verdict": "acknowledged"}
    browser.post(f"/alerts/{watch}/a1", data=form)
    run_engine(app)
    assert app.warn.alert(watch, "a1")[-1].fact == "alert_acknowledged"
    (member,) = app.access.members(app.listen.watches()[0].workspace)
    assert app.warn.alert(watch, "a1")[-1].who == member.person.id
    assert "Chen" in browser.get(f"/alerts/{watch}/a1").text


def test_a_bad_item_never_harms_the_rest_and_is_answered_in_both_languages(
    app: App, browser: TestClient
) -> None:
    begin_watch(browser)
    secret = token(browser)
    done = send(
        browser,
        secret,
        post(1, "veyra one"),
        post(2, "veyra two", time="2026-01-01T00:00:00"),
        post(1, "veyra one"),
        post(3, "veyra three", colour="green"),
    )
    rejected = done["rejected"]
    assert isinstance(rejected, list)
    assert [(r["index"], r["error"]) for r in rejected] == [(1, "intake.time_zone_missing")]
    assert set(rejected[0]["text"]) == {"zh-CN", "en"}
    assert (done["matched"], done["duplicates"], done["unknown_fields"]) == (2, 1, ["colour"])


def test_markup_in_a_post_reaches_the_page_as_words(app: App, browser: TestClient) -> None:
    begin_watch(browser)
    hostile = '<b hx-get="/sign-out" hx-trigger="load">veyra</b><script>alert(1)</script>'
    send(browser, token(browser), post(1, hostile))
    run_engine(app)
    page = browser.get("/mentions").text
    assert "<script>alert" not in page
    assert 'hx-get="/sign-out"' not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_copy_is_counted_as_spread_and_shares_what_its_original_means(
    app: App, browser: TestClient
) -> None:
    watch = begin_watch(browser)
    text = "The Veyra power bank started to smoke on the train this morning, please be careful"
    send(browser, token(browser), post(1, text), post(2, f"RT @a: {text} https://t.example/x"))
    run_engine(app)
    names = app.warn.alert(watch, "a1")[-1].examples
    place = app.listen.watches()[0].workspace
    found = app.listen.named(place, list(names))
    assert found
    assert len(app.warn.facts(watch)) == 1


def test_a_chinese_word_of_two_characters_is_found(app: App, browser: TestClient) -> None:
    begin_watch(browser)
    send(browser, token(browser), post(1, "维拉充电宝昨晚冒烟了"), post(2, "维拉很好用"))
    page = browser.get("/mentions", params={"q": "冒烟"}).text
    assert "昨晚" in page
    assert "很好用" not in page


def test_a_spreadsheet_formula_is_exported_as_words(app: App, browser: TestClient) -> None:
    begin_watch(browser)
    send(browser, token(browser), post(1, '=HYPERLINK("http://veyra.example","veyra")'))
    assert "'=HYPERLINK" in browser.get("/mentions.csv").text


def test_a_form_from_another_site_is_refused(app: App, browser: TestClient) -> None:
    answer = browser.post("/watch", data={"brand": "X", "query": "veyra", "csrf": "0" * 64})
    assert answer.status_code == 403
    assert not app.listen.watches()


def test_a_query_that_cannot_be_read_comes_back_with_its_cure(browser: TestClient) -> None:
    form = {"csrf": csrf(browser, "/watch"), "brand": "Veyra", "query": '"veyra'}
    answer = browser.post("/watch", data=form)
    assert answer.status_code == 422
    assert "never closed" in answer.text
