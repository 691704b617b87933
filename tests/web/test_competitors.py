"""Competitors and languages of a watch, on the pages and for programs."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from web.house import House

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import CRISIS_TYPES, Understanding
from fenghuo.domain.watch import Competitor, Watch
from fenghuo.i18n import say

OURS = Watch("Veyra", "veyra", competitors=(Competitor("Solvane", "solvane"),))


def post(name: str, text: str) -> Post:
    at = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
    return Post(platform="x", id=name, time=at, text=text)


@pytest.fixture
def beside(house: House) -> House:
    """A house whose watch has a competitor that was heard of twice, once badly."""
    house.app.listen.watch(house.workspace, OURS, house.watch)
    texts = {"1": "Solvane leaks", "2": "Solvane shines"}
    house.app.listen.accept(house.workspace, [post(name, texts[name]) for name in texts])
    moods = {"Solvane leaks": (0.9, 0.1, 0.0), "Solvane shines": (0.0, 0.1, 0.9)}
    with house.app.store.transaction() as tx:
        for mention in tx.listen.awaiting_understanding(10):
            mood = moods.get(mention.post.text)
            if mood:
                tx.listen.save_understanding(mention.id, meant(*mood))
    return house


def meant(negative: float, neutral: float, positive: float, lang: str = "en") -> Understanding:
    mood = {"negative": negative, "neutral": neutral, "positive": positive}
    kind: dict[str, float] = {name: float(name == "none") for name in CRISIS_TYPES}
    return Understanding(lang, 1.0, mood, kind, (), (), b"", "by hand")


def rival(house: House) -> str:
    return house.app.listen.rivals(house.workspace)[0].id


def test_the_situation_shows_the_brand_beside_its_competitors(beside: House) -> None:
    text = beside.client(beside.owner).get("/").text
    half = say("watch.beside_negative", "zh-CN", share=50)
    assert f'<a href="/mentions?watch={rival(beside)}">Solvane</a><small>{half}<' in text


def test_without_a_competitor_nothing_is_compared(house: House) -> None:
    assert say("watch.beside", "zh-CN") not in house.client(house.owner).get("/").text


def test_posts_about_a_competitor_are_listed_when_it_is_asked_for_only(beside: House) -> None:
    client = beside.client(beside.owner)
    assert "Solvane leaks" in client.get(f"/mentions?watch={rival(beside)}").text
    assert "Solvane leaks" not in client.get("/mentions").text


def test_a_competitor_is_no_brand_of_the_strip_and_has_no_form(beside: House) -> None:
    client = beside.client(beside.owner)
    assert f"/?watch={rival(beside)}" not in client.get("/").text
    assert client.get(f"/alerts/{rival(beside)}/a1").status_code in {404, 422}


def test_programs_find_a_competitor_under_its_own_id(beside: House) -> None:
    session = beside.app.access.session(beside.owner)
    assert session is not None
    token = beside.app.access.create_token(beside.workspace, "t", ["read"], session.person.id)
    client = beside.client()
    client.headers["Authorization"] = f"Bearer {token}"
    watches = client.get("/api/v1/watches").json()["watches"]
    own = watches[0]["competitors"]
    assert own == [{"id": rival(beside), "brand": "Solvane", "query": "solvane"}]
    found = client.get("/api/v1/mentions", params={"watch": rival(beside)}).json()["mentions"]
    assert sorted(m["post"]["id"] for m in found) == ["1", "2"]


def test_a_post_in_a_language_that_nobody_reads_says_so(house: House) -> None:
    listen = house.app.listen
    listen.watch(house.workspace, replace(OURS, languages=("en", "zh")), house.watch)
    listen.accept(house.workspace, [post("3", "veyra ist kaputt"), post("4", "veyra is broken")])
    with house.app.store.transaction() as tx:
        for mention in tx.listen.awaiting_understanding(10):
            lang = "de" if mention.post.id == "3" else "en"
            tx.listen.save_understanding(mention.id, meant(0.9, 0.1, 0.0, lang))
    text = house.client(house.owner).get("/mentions").text
    assert text.count(say("watch.not_read_here", "zh-CN")) == 1
