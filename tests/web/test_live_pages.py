"""Pages that renew themselves, and a Situation that knows when it hears nothing."""

import re

import pytest
from storage.rows import fact
from web.house import House

from fenghuo.domain.errors import OurMove, TimeMove
from fenghuo.domain.post import Post
from fenghuo.domain.source import Source


def live(text: str) -> tuple[str, str]:
    """The watch whose facts the page waits for, and the mark that it has seen."""
    found = re.search(r'hx-sse:connect="/events\?watch=([\w-]+)&amp;seen=(\w+)"', text)
    assert found
    return found[1], found[2]


def test_a_story_waits_for_the_facts_of_its_watch(house: House) -> None:
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(house.watch, [fact(1, "story_opened", story="s1")])
    text = house.client(house.owner).get(f"/stories/{house.watch}/s1").text
    assert live(text) == (house.watch, house.app.change_mark(house.workspace, house.watch))
    renewed = re.search(r'id="live" hx-get="/stories/[^"]+" hx-trigger="([^"]+)"', text)
    assert renewed
    assert "fact from:#main" in renewed[1]


def test_what_was_handed_in_waits_for_the_facts_of_its_watch(house: House) -> None:
    sent = {"csrf": house.csrf(house.owner), "text": "veyra smokes", "watch": house.watch}
    client = house.client(house.owner)
    place = client.post("/by-hand", data=sent).headers["location"]
    text = client.get(place).text
    assert live(text)[0] == house.watch
    assert re.search(r'id="taken"[^>]+hx-trigger="fact from:#main, every 2s"', text)
    while house.app.listen.understand_some() + house.app.warn.advance_some():
        continue
    assert re.search(r'id="taken"[^>]+hx-trigger="fact from:#main,', client.get(place).text)


def source(house: House, name: str, *, active: bool = True) -> Source:
    made = Source(name, house.workspace, "feeds", name, {"url": "https://f.example"}, active)
    house.app.sources.save(made)
    return made


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_workspace_that_can_reach_no_source_is_not_called_calm(
    house: House, language: str
) -> None:
    one, two = source(house, "one"), source(house, "two")
    source(house, "paused", active=False)
    client = house.client(house.owner, fenghuo_language=language)
    calm = ("平稳", "什么也听不到") if language == "zh-CN" else ("Calm", "Nothing can be heard")
    verdict = client.get("/").text
    assert calm[1] not in verdict
    house.app.sources.failed(one, OurMove("sources.unreachable", host="f.example"))
    assert calm[1] not in client.get("/").text
    house.app.sources.failed(two, OurMove("sources.unreachable", host="f.example"))
    text = client.get("/").text
    assert calm[1] in text
    assert calm[0] not in re.sub(r"<[^>]+>", "", text.split("<main")[1])
    assert "level-unknown" in text


def test_sources_that_only_wait_for_their_time_are_not_called_unreachable(house: House) -> None:
    one = source(house, "one")
    later = house.app.clock.now(house.workspace)
    wait = TimeMove("sources.wait", host="f.example", minutes=3, retry_at=later)
    house.app.sources.failed(one, wait)
    text = house.client(house.owner, fenghuo_language="en").get("/").text
    assert "Nothing can be heard" not in text


def test_a_brand_in_alarm_stays_in_alarm_when_nothing_is_heard(house: House) -> None:
    house.app.sources.failed(source(house, "one"), OurMove("sources.unreachable", host="f"))
    now = house.app.clock.now(house.workspace)
    grave = Post(platform="x", id="9", time=now, text="The veyra caught fire and burned my hand")
    house.app.listen.accept(house.workspace, [grave])
    while house.app.listen.understand_some() + house.app.warn.advance_some():
        continue
    text = house.client(house.owner, fenghuo_language="en").get(f"/?watch={house.watch}").text
    assert "Orange · II" in text
    assert "No source can be reached" in text
