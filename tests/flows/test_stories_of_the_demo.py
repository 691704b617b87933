"""The demo's whole script through the whole pipeline: one fire, told in many languages."""

from datetime import UTC, datetime

import numpy as np
import pytest

from fenghuo.app import new_replay
from fenghuo.app.readers import demo_script
from fenghuo.domain.watch import Watch
from fenghuo.listen import EVERYDAY, Story
from fenghuo.prepare import story

BRAND = "Veyra OR 维芮 OR ヴェイラ OR 베이라"


@pytest.fixture(scope="module")
def told() -> list[Story]:
    """The open stories when the demo has come to its end, the biggest first."""
    posts = story(demo_script(), datetime(2026, 6, 1, tzinfo=UTC), np.random.default_rng(7))
    run = new_replay({"veyra": Watch("Veyra", BRAND)}, {})
    for start in range(0, len(posts), 256):
        run.feed(posts[start : start + 256])
    run.end()
    return sorted(run.state("veyra").stories, key=lambda one: -one.mentions)


def test_a_fire_told_in_five_languages_and_more_is_one_story(told: list[Story]) -> None:
    fire, second = told[:2]
    assert fire.kind == "product"
    assert fire.cues["fire"] > fire.mentions / 3
    assert len([lang for lang, n in fire.langs.items() if n >= 5]) >= 5
    assert fire.mentions > 3 * second.mentions


def test_everyday_talk_stays_apart_from_the_fire(told: list[Story]) -> None:
    fire = told[0]
    assert fire.crisis[-1] < fire.mentions / 2
    everyday = [one for one in told if one.kind == EVERYDAY]
    assert everyday
    assert all("fire" not in one.cues or one.cues["fire"] < one.mentions / 10 for one in everyday)
