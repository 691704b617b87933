"""What an alert is about, in words."""

import pytest

from fenghuo.domain.fact import Fact, FactName, Finding
from fenghuo.domain.level import Level
from fenghuo.web.matter import Matter, foremost, matter, often, reached


def fact(
    level: Level = "orange", *kinds: str, story: str = "s1", mentions: int = 1,
    at: int = 100, name: FactName = "alert_opened", words: tuple[str, ...] = (),
) -> Fact:  # fmt: skip
    reasons = tuple(Finding(kind, 1, words=words) for kind in kinds)
    return Fact(1, at, name, "a1", story, level, "product", reasons=reasons, mentions=mentions)


def about(*told: Fact, **seen: int) -> Matter:
    return matter(told[-1], told, "en", seen)


def test_harm_that_was_told_once_stays_named_when_the_level_was_lowered() -> None:
    harm = fact("orange", "grave", words=("fire", "injury"))
    found = about(harm, fact("yellow", name="alert_lowered", at=200))
    assert found.what == "Fire, injury"
    assert found.began == 100


def test_what_most_posts_tell_of_goes_first_and_the_rest_is_said_to_be_there() -> None:
    harm = fact("orange", "grave", words=("death", "authority", "injury", "fire"))
    found = about(harm, fire=900, injury=300, authority=20, death=1)
    assert found.what == "Fire, injury, an authority's warning and more"
    assert about(harm).what == "Death, fire, injury and more"


@pytest.mark.parametrize(
    ("kind", "what"),
    [("volume", "Suddenly many posts"), ("tone", "A sudden turn to the negative")],
)
def test_counts_are_named_when_there_is_no_harm(kind: str, what: str) -> None:
    assert about(fact("yellow", kind, story="")).what == what


def test_an_alert_without_reasons_is_named_by_its_type() -> None:
    assert about(fact("calm", name="alert_closed")).what == "Product quality and safety"


def test_an_alert_of_sources_says_that_we_hear_less() -> None:
    found = about(fact("blue", "silent", story="sources", words=("Forum",)))
    assert found.of_sources
    assert not found.of_story
    assert "a source fails" in found.what


def test_harm_goes_before_counts_and_the_highest_level_is_among_the_first_three() -> None:
    counts = about(fact("red", "negative", story="", mentions=900))
    many = about(fact("orange", "grave", words=("fire",), mentions=971))
    rumours = [about(fact("orange", "grave", words=("death",), mentions=n)) for n in (3, 2, 1)]
    sources = about(fact("yellow", "silent", story="sources"))
    found = foremost([sources, counts, *rumours, many])
    assert found[:3] == [many, rumours[0], counts]
    assert found[-1] == sources


def test_a_level_is_said_with_the_one_that_stood_before_it() -> None:
    harm = [fact("orange", at=100), fact("orange", at=300, name="alert_updated")]
    counts = [fact("yellow", at=150), fact("red", at=200, name="alert_raised")]
    assert reached([harm, counts], "red") == [("orange", 100), ("red", 200)]
    assert reached([harm], "orange") == [("orange", 100)]
    assert reached([[fact("blue", at=5)]], "blue") == [("blue", 5)]
    assert reached([], "calm") == []


def test_a_cue_of_one_post_among_many_is_not_what_a_story_is_about() -> None:
    assert often({"fire": 500, "death": 1, "injury": 700}, 1000) == ["injury", "fire"]
    assert often({"death": 1}, 3) == ["death"]
