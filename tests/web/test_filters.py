"""Filters of mentions: in the address, on the page, in files, for programs; never a broken page."""

import html
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace
from storage.rows import mention, post, understanding
from web.house import House
from web.test_situation import sqlite_steps

from fenghuo.domain.post import Kind, millis
from fenghuo.i18n import LANGUAGES
from fenghuo.listen import mentions as sifting
from fenghuo.listen.query import index_tokens

TOLD: dict[str, tuple[str, str, Kind, str, str, float]] = {
    "smoke": ("mastodon", "de", "post", "de", "2026-05-01T10:30", 0.9),
    "stars": ("shop", "us", "review", "en", "2026-05-02T23:30", 0.1),
    "tears": ("bluesky", "de", "reply", "de", "2026-05-03T16:30", 0.1),
    "later": ("bluesky", "", "post", "", "2026-05-04T09:00", 0.0),
}
"""By name: platform, market, kind, language as understood ("" not yet), time in UTC, a fire."""


@pytest.fixture
def told(house: House) -> House:
    """A house that heard all of TOLD."""
    for name, (platform, country, kind, lang, time, fire) in TOLD.items():
        tell(house, name, platform, country, kind, time)
        if lang:
            with house.app.store.transaction() as tx:
                [heard] = tx.listen.mentions_of(house.workspace, platform, name)
                tx.listen.save_understanding(heard.id, understanding(0.8, lang, fire))
    return house


def tell(house: House, name: str, platform: str, country: str, kind: Kind, time: str) -> None:
    at = datetime.fromisoformat(time).replace(tzinfo=UTC)
    said = replace(post(name, 0, platform, kind, country), time=at, text=f"veyra {name}", title="")
    made = replace(mention(said, house.watch, house.workspace), received=millis(at))
    with house.app.store.transaction() as tx:
        tx.listen.add_mentions([made], [" ".join(index_tokens(said.words))])


def seen(text: str) -> set[str]:
    return {name for name in TOLD if f"veyra {name}" in text}


FOUND = [
    ({"platform": "bluesky"}, {"tears", "later"}),
    ({"country": "de"}, {"smoke", "tears"}),
    ({"language": "en"}, {"stars"}),
    ({"kind": "review"}, {"stars"}),
    ({"grave": "1"}, {"smoke"}),
    ({"platform": "bluesky", "country": "de", "language": "de", "kind": "reply"}, {"tears"}),
    ({"q": "veyra", "country": "de", "grave": "1"}, {"smoke"}),
    ({"since": "2026-05-03", "zone": "UTC"}, {"tears", "later"}),
    ({"since": "2026-05-03", "zone": "Asia/Shanghai"}, {"stars", "tears", "later"}),
    ({"until": "2026-05-01", "zone": "UTC"}, {"smoke"}),
    ({"until": "2026-05-01T10:30", "zone": "UTC"}, {"smoke"}),
    ({"until": "2026-05-01T10:29", "zone": "UTC"}, set()),
    ({"since": "2026-05-02T23:30:00Z", "until": "2026-05-02T23:30:00Z"}, {"stars"}),
]


@pytest.mark.parametrize(("asked", "found"), FOUND)
def test_page_files_and_interface_narrow_alike(
    told: House, asked: dict[str, str], found: set[str]
) -> None:
    client = told.client(told.owner, fenghuo_language="en")
    asked = {**asked, "watch": told.watch}
    page = client.get("/mentions", params=asked).text
    assert seen(page) == found
    for kind in ("csv", "jsonl"):
        if found:
            [link] = re.findall(rf'href="(/mentions\.{kind}\?[^"]*)"', page)
            assert {
                k: v[0] for k, v in parse_qs(urlsplit(html.unescape(link)).query).items()
            } == asked
        assert seen(client.get(f"/mentions.{kind}", params=asked).text) == found
    secret = told.app.access.create_token(told.workspace, "t", ["read"])
    named = {name: value for name, value in asked.items() if name != "zone"}
    if asked.get("zone", "UTC") == "UTC":
        headers = {"Authorization": f"Bearer {secret}"}
        answer = told.client().get("/api/v1/mentions", params=named, headers=headers)
        assert seen(answer.text) == found, answer.text


def chips(page: str) -> dict[str, dict[str, str]]:
    """What is on, by its words, with the address that is left when it is taken off."""
    nav = page.split('<nav class="on"')[1].split("</nav>")[0] if '<nav class="on"' in page else ""
    found = re.findall(r'<li><a href="([^"]+)" aria-label="[^"]*: ([^"]+)">', nav)
    query = {words: parse_qs(urlsplit(html.unescape(href)).query) for href, words in found}
    return {words: {k: v[0] for k, v in left.items()} for words, left in query.items()}


def test_each_filter_that_is_on_is_shown_and_can_be_taken_off_alone(told: House) -> None:
    asked = {"q": "veyra", "platform": "bluesky", "country": "de", "kind": "reply", "grave": "1",
             "since": "2026-05-01T08:00", "zone": "Europe/Berlin"}  # fmt: skip
    client = told.client(told.owner, fenghuo_language="en")
    page = client.get("/mentions", params=asked).text
    on = chips(page)
    assert set(on) == {"Platform bluesky", "Market Germany", "Kind reply",
                       "Grave Only signs of grave harm",
                       "Time 2026-05-01 08:00 – · Berlin"}  # fmt: skip
    assert "Filters · 5" in page
    rest = {k: v for k, v in asked.items() if k != "platform"}
    assert on["Platform bluesky"] == rest
    assert on["Time 2026-05-01 08:00 – · Berlin"] == {
        k: v for k, v in asked.items() if k not in {"since", "zone"}
    }
    assert 'href="/mentions?q=veyra"' in page
    assert "Filters · " not in client.get("/mentions?q=veyra&zone=UTC").text


def test_a_story_is_taken_off_with_its_brand(told: House) -> None:
    with told.app.store.transaction() as tx:
        [heard] = tx.listen.mentions_of(told.workspace, "mastodon", "smoke")
        tx.warn.join(told.watch, [(heard.id, "s1")])
    asked = {"watch": told.watch, "story": "s1", "kind": "post"}
    page = told.client(told.owner, fenghuo_language="en").get("/mentions", params=asked).text
    assert seen(page) == {"smoke"}
    assert chips(page)["Brand Veyra"] == {"kind": "post"}
    assert chips(page)["Story s1"] == {"watch": told.watch, "kind": "post"}


def offered(page: str, name: str) -> list[str]:
    [select] = re.findall(rf'<select name="{name}">(.*?)</select>', page)
    return re.findall(r'<option value="([^"]+)"', select)


def test_only_what_was_heard_is_offered_and_what_the_address_holds(told: House) -> None:
    client = told.client(told.owner, fenghuo_language="en")
    page = client.get("/mentions", params={"watch": told.watch}).text
    assert offered(page, "platform") == ["bluesky", "mastodon", "shop"]
    assert offered(page, "country") == ["de", "us"]
    assert offered(page, "language") == ["de", "en"]
    assert offered(page, "kind") == ["post", "reply", "review"]
    page = client.get("/mentions?country=jp&language=ko&kind=video").text
    assert "jp" in offered(page, "country")
    assert "ko" in offered(page, "language")
    assert "video" in offered(page, "kind")
    assert "No post fits all of these filters" in page


WRONG = [
    ("platform=pigeon", "pigeon"), ("platform=%00", "\N{LEFT DOUBLE QUOTATION MARK}"),
    ("platform=" + "x" * 3000, "xxx…"), ("language=klingonese", "klingonese"),
    ("language=%00", ""), ("country=Deutschland", "Deutschland"), ("country=%00%00", ""),
    ("kind=rumour", "rumour"), ("sentiment=sad", "sad"), ("crisis=doom", "doom"),
    ("since=yesterday", "yesterday"), ("since=0001-01-01", "0001-01-01"),
    ("until=9999-12-31T23:59", "9999-12-31T23:59"), ("since=1970-01-01", "1970-01-01"),
    ("since=2026-05-03&until=2026-05-01", "2026-05-03"),
    ("since=2026-05-03&zone=Mars/Olympus", "Mars/Olympus"),
    ("since=2026-05-03&zone=../../etc/passwd", "../../etc/passwd"), ("until=%00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "named"), WRONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filter_that_cannot_be_is_named_and_nothing_passes_for_the_whole(
    told: House, asked: str, named: str, language: str
) -> None:
    client = told.client(told.owner, fenghuo_language=language)
    answer = client.get(f"/mentions?{asked}")
    assert answer.status_code == 200
    [problem] = re.findall(r'<div class="error" role="alert">(.*?)</div>', answer.text, re.S)
    assert html.escape(named) in problem
    assert seen(answer.text) == set()
    assert client.get(f"/mentions.csv?{asked}").status_code == 422
    if "pigeon" not in asked and "zone" not in asked:
        secret = told.app.access.create_token(told.workspace, "t", ["read"])
        headers = {"Authorization": f"Bearer {secret}"}
        answer = told.client().get(f"/api/v1/mentions?{asked}", headers=headers)
        assert answer.status_code == 422


def test_a_zone_without_a_time_harms_nothing(told: House) -> None:
    text = told.client(told.owner).get("/mentions?zone=Mars").text
    assert seen(text) == set(TOLD)


def test_what_lies_deep_is_found_by_going_on_and_in_files_and_by_programs_at_once(
    told: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifting, "SIFTED", 1)
    monkeypatch.setattr(sifting, "SIEVES", 3)
    client = told.client(told.owner, fenghuo_language="en")
    path = "/mentions?platform=mastodon&country=de&watch=" + told.watch
    page = client.get(path).text
    assert seen(page) == set()
    assert "None of the newest posts fits, back to" in page
    [older] = re.findall(r'href="(/mentions\?[^"]*before=[^"]*)">Look further back', page)
    page = client.get(html.unescape(older)).text
    assert seen(page) == {"smoke"}
    lines = client.get(path.replace("/mentions?", "/mentions.jsonl?")).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["smoke"]


def test_grave_harm_is_found_at_once_however_deep_it_lies(
    told: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifting, "SIFTED", 1)
    monkeypatch.setattr(sifting, "SIEVES", 1)
    client = told.client(told.owner, fenghuo_language="en")
    page = client.get("/mentions?grave=1&country=de&watch=" + told.watch).text
    assert seen(page) == {"smoke"}
    assert "Look further back" not in page


@pytest.mark.parametrize(
    "asked", ["crisis=breach", "platform=shop&kind=video", "country=jp", "language=ko"]
)
@pytest.mark.parametrize("brand", [True, False])
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_filter_that_fits_nothing_costs_the_same_however_much_was_heard(
    house: House, monkeypatch: pytest.MonkeyPatch, asked: str, brand: bool
) -> None:
    monkeypatch.setattr(sifting, "SIFTED", 10)
    monkeypatch.setattr(sifting, "SIEVES", 3)
    monkeypatch.setattr(sifting, "LATELY", 20)
    client = house.client(house.owner)
    path = f"/mentions?{asked}&watch={house.watch if brand else ''}"
    cost = []
    for begin, end in ((0, 60), (60, 1_500)):
        of_us = (house.watch, house.workspace)
        more = [mention(post(f"p{i}", i, "shop", country="de"), *of_us) for i in range(begin, end)]
        with house.app.store.transaction() as tx:
            tx.listen.add_mentions(more, ["veyra"] * len(more))
            meant = {m.id: understanding(lang="en", p_fire=0.1) for m in more}
            tx.listen.save_understandings(meant)
        client.get(path)
        with sqlite_steps() as steps:
            text = client.get(path).text
        assert "再往前找" in text
        cost.append(steps[0])
    assert cost[1] < 1.2 * cost[0]
