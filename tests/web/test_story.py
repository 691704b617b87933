"""The page of one story: its level, its spread, its texts once each."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from web.house import House

from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.post import Author, Post, millis
from fenghuo.domain.understanding import CRISIS_TYPES, Understanding
from fenghuo.listen import Story
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.warn_store import Remembered
from fenghuo.warn import OpenAlert, State, to_bytes

NOW = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
FIRE = "Die Veyra Powerbank im Zug nach Nürnberg brennt und der ganze Wagen steht auf dem Bahnsteig"
HOUR_MS = 3_600_000


def post(number: int, text: str, minutes: int, platform: str = "x", country: str = "de") -> Post:
    at = NOW - timedelta(minutes=minutes)
    return Post(platform=platform, id=f"n{number}", time=at, text=text, country=country,
                author=Author(name=f"who{number}"))  # fmt: skip


@pytest.fixture
def told(house: House) -> House:
    """A story s1: one text said four times, and thirty others; an orange alert is about it."""
    said = [post(0, FIRE, 200)]
    said += [post(n, FIRE, 200 - n, "mastodon", "fr") for n in (1, 2, 3)]
    said += [post(n, f"veyra and {'smoke ' * (n % 7)}word{n} {n * 7919}", 150 - n, country="")
             for n in range(10, 40)]  # fmt: skip
    house.app.listen.accept(house.workspace, said)
    found = house.app.listen.mentions(MentionSearch(house.workspace, limit=100))
    mine = {m.post.id: m for m in found if m.post.id.startswith("n")}
    kind: dict[str, float] = {name: float(name == "product") for name in CRISIS_TYPES}
    mood = {"negative": 1.0, "neutral": 0.0, "positive": 0.0}
    first = mine["n0"]
    start = millis(first.post.time)
    why = (Finding("grave", 1, words=("fire",)),)
    alert = OpenAlert("a1", "orange", "product", start, start, "s1", findings={"grave": why[0]})
    story = Story("s1", bytes(512), start, start, mentions=34, told=30, kind="product",
                  examples=[first.id], cues={"fire": 30})  # fmt: skip
    with house.app.store.transaction() as tx:
        for m in mine.values():
            lang = "de" if m.post.text == FIRE else "en"
            tx.listen.save_understanding(m.id, Understanding(lang, 1.0, mood, kind))
        tx.warn.join(house.watch, [(m.id, "s1") for m in mine.values()])
        tx.warn.add_facts(house.watch, [
            Fact(1, start, "story_opened", story="s1", type="product", mentions=34,
                 examples=(first.id,)),
            Fact(2, start, "alert_opened", "a1", "s1", "orange", "product", reasons=why),
        ])  # fmt: skip
        state = State(next_fact=3, alerts=[alert], stories=[story])
        tx.warn.remember(house.watch, Remembered(1, to_bytes(state)))
    return house


def page(house: House, path: str = "", language: str = "en") -> str:
    client = house.client(house.owner, fenghuo_language=language)
    answer = client.get(f"/stories/{house.watch}/s1{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def bare(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_story_shows_its_level_and_leads_to_its_alert(told: House) -> None:
    text = page(told)
    head = text.split('class="verdict"')[1].split("</section>")[0]
    assert "Orange" in head
    assert "Fire" in head
    assert f'href="/alerts/{told.watch}/a1"' in head
    assert "34 posts about one thing, 3 of them repeats" in bare(head)


def test_a_story_whose_alert_has_ended_says_how_it_ended(told: House) -> None:
    at = millis(NOW)
    with told.app.store.transaction() as tx:
        tx.warn.add_facts(told.watch, [Fact(3, at, "alert_dismissed", "a1", "s1", "orange")])
        tx.warn.remember(told.watch, Remembered(1, to_bytes(State(next_fact=4))))
    head = page(told).split('class="verdict"')[1].split("</section>")[0]
    assert f'href="/alerts/{told.watch}/a1"' in head
    assert "called a false alarm" in head
    assert "Orange" not in head


def test_posts_are_counted_by_platform_market_and_language(told: House) -> None:
    side = page(told).split('id="spread"')[1]
    shares = bare(side)
    for words in ("x 31 91 %", "mastodon 3 9 %", "unknown 30 88 %", "France 3 9 %", "German 4 12 %",
                  "English 30 88 %"):  # fmt: skip
        assert words in shares
    assert side.count('<svg class="spread"') == 3
    assert "Orange since" in shares


def test_the_same_text_stands_once_and_says_how_often_it_was_said_again(told: House) -> None:
    pages, path = [], ""
    while True:
        pages.append(page(told, path))
        after = re.search(r'href="[^"?]*(\?before=[^"]+)">Older', pages[-1])
        if not after:
            break
        path = after[1]
    rest = [text.split("each text once")[1] for text in pages]
    assert len(pages) > 2
    assert sum(text.count('<article class="post"') for text in rest) == 31
    assert sum(text.count(FIRE) for text in rest) == 1
    assert "said again 3 times" in rest[-1]
    assert rest[0].count("said again") == 0


def test_the_most_telling_post_stands_first_with_its_repeats_behind_it(told: House) -> None:
    text = page(told)
    first = text.split("Most telling")[1].split("</section>")[0]
    assert FIRE in first
    again = re.search(r'hx-get="/stories/[^/]+/s1(/again/[^"]+)"', first)
    assert again
    repeats = page(told, again[1])
    assert [f"who{n}" in repeats for n in (1, 2, 3)] == [True] * 3
    assert repeats.count("<li>") == 4
    assert FIRE not in repeats


def test_what_is_not_about_us_is_neither_counted_nor_shown_among_the_texts(told: House) -> None:
    found = told.app.listen.mentions(MentionSearch(told.workspace, limit=100))
    gone = next(m for m in found if m.post.id == "n39")
    told.app.exclusion.exclude(told.workspace, gone.id, "me")
    text = page(told)
    assert "x 30 " in bare(text.split('id="spread"')[1])
    assert gone.post.text not in text.split("each text once")[1].split("</section>")[0]
    assert gone.post.text in text


@pytest.mark.parametrize("place", ["?before=yesterday", "?before=12.", "?before=1" + "0" * 20])
def test_an_address_that_is_no_place_is_refused(told: House, place: str) -> None:
    client = told.client(told.owner)
    assert client.get(f"/stories/{told.watch}/s1{place}").status_code == 422


def test_repeats_of_a_story_of_another_workspace_are_not_there(told: House) -> None:
    client = told.client(told.owner)
    assert client.get("/stories/elsewhere/s1/again/x").status_code == 404
    assert client.get(f"/stories/{told.watch}/s1/again/x").status_code == 404
