"""A page does not look calm while nobody counts."""

from datetime import timedelta
from html import unescape

import pytest
from web.house import House

from fenghuo.app import pulse
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.beat_store import Beat


def beat(house: House, part: str, minutes_ago: int, *failing: str) -> None:
    at = millis(house.app.clock.now("") - timedelta(minutes=minutes_ago))
    with house.app.store.transaction() as tx:
        tx.beats.beat(Beat(part, at, failing))


@pytest.fixture(autouse=True)
def at_work(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """All parts work, and this process was started so long ago that they had time to begin."""
    monkeypatch.setattr(pulse, "monotonic", lambda: float("inf"))
    for part in pulse.PARTS:
        beat(house, part, 0)


@pytest.mark.parametrize("path", ["/", "/workspaces"])
def test_pages_say_unknown_when_a_part_stands_still(house: House, path: str) -> None:
    key = "web.deaf_still" if path == "/" else "face.ears_still"
    beat(house, "engine", 1)
    assert say(key, "en") not in page(house, path)
    beat(house, "engine", 3)
    text = page(house, path)
    assert say(key, "en") in text
    assert say("web.unknown", "en") in text


@pytest.mark.parametrize("path", ["/", "/workspaces"])
def test_pages_say_so_when_a_brand_of_theirs_cannot_be_counted(house: House, path: str) -> None:
    key = "web.deaf_stuck" if path == "/" else "face.ears_stuck"
    beat(house, "engine", 0, "watch of-somebody-else")
    assert say(key, "en") not in page(house, path)
    beat(house, "engine", 0, f"watch {house.watch}")
    assert say(key, "en") in page(house, path)


def test_a_keeper_is_told_by_the_status(house: House) -> None:
    beat(house, "readers", 1)
    assert house.client().get("/healthz").status_code == 200
    beat(house, "readers", 3)
    answer = house.client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"fenghuo": "still"})


def page(house: House, path: str) -> str:
    return unescape(house.client(house.owner, fenghuo_language="en").get(path).text)
