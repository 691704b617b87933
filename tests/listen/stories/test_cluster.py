"""Stories: what belongs together, and that memory stays small."""

import numpy as np
from listen.stories.told import HOUR, MINUTE, Teller
from warn.rows import DAY, T0, VECTORS, meaning

from fenghuo.domain.log import Heard, Meaning
from fenghuo.listen import EVERYDAY, Stories, Story, unshow
from fenghuo.listen.stories.cluster import OPEN


def near(vector: bytes, seed: int, noise: float = 0.5) -> bytes:
    base = np.frombuffer(vector, dtype=np.int8) / 127.0
    other = np.random.default_rng(seed).normal(size=512)
    mixed = base + noise * other / np.linalg.norm(other)
    unit: bytes = np.rint(mixed / np.linalg.norm(mixed) * 127).astype(np.int8).tobytes()
    return unit


def told(topic: int, seed: int) -> Meaning:
    made = meaning(topic=topic)
    return Meaning(
        "de" if seed % 2 else "en", made.negative, made.positive, made.crisis, (),
        near(VECTORS[topic], seed),
    )  # fmt: skip


def test_posts_about_one_thing_are_one_story_in_two_languages() -> None:
    stories = Stories([], 1)
    joined = {stories.join(Heard(f"m{n}", T0 + n), told(0, n)).id for n in range(30)}
    assert joined == {"s1"}
    assert set(stories.open[0].langs) == {"de", "en"}


def test_posts_about_different_things_are_different_stories() -> None:
    stories = Stories([], 1)
    for n in range(40):
        stories.join(Heard(f"m{n}", T0 + n), told(n % 4, n))
    assert len(stories.open) == 4


def test_examples_are_never_copies() -> None:
    stories = Stories([], 1)
    stories.join(Heard("m1", T0), told(0, 1))
    story = stories.join(Heard("m2", T0, copy_of="m1"), told(0, 1))
    assert story.examples == ["m1"]
    assert story.copies == 1


def test_the_weakest_story_gives_way_when_there_are_too_many() -> None:
    stories = Stories([], 1)
    rng = np.random.default_rng(1)
    for n in range(OPEN + 1):
        raw = rng.normal(size=512)
        unit = np.rint(raw / np.linalg.norm(raw) * 127).astype(np.int8).tobytes()
        made = meaning()
        stories.join(Heard(f"m{n}", T0 + n), Meaning("en", 0.1, 0.1, made.crisis, (), unit))
    weakest = stories.weakest()
    assert weakest is not None
    assert weakest.id == "s1"
    stories.close(weakest)
    assert stories.weakest() is None


def test_a_story_nobody_adds_to_for_three_days_is_silent() -> None:
    stories = Stories([], 1)
    stories.join(Heard("m1", T0), told(0, 1))
    assert not stories.silent(T0 + 2 * DAY)
    assert [story.id for story in stories.silent(T0 + 4 * DAY)] == ["s1"]


def test_a_post_without_a_vector_is_a_story_of_its_own_and_stops_nothing() -> None:
    stories = Stories([], 1)
    for number in range(3):
        source = Heard(f"m{number}", number)
        stories.join(source, Meaning("en", 0.5, 0.1, (0.1,) * 7, (), b""))
    assert [story.mentions for story in stories.open] == [1, 1, 1]
    assert all(len(story.centroid) == 512 for story in stories.open)


def test_a_big_story_still_follows_what_is_said() -> None:
    teller = Teller()
    for n in range(60):
        teller.tell(T0 + n * HOUR, {"the launch": 1.0})
    before = teller.stories.open[0].centroid
    for n in range(20):
        teller.tell(T0 + (60 + n) * HOUR, {"the launch": 1.0, "the price": 0.6})
    assert len(teller.stories.open) == 1
    assert teller.stories.open[0].centroid != before


def test_many_strange_posts_at_once_do_not_drive_out_a_story_that_rests_for_a_night() -> None:
    teller = Teller()
    for n in range(40):
        teller.tell(T0 + n * MINUTE, {"the fire": 1.0}, kind="product")
    for n in range(2 * OPEN):
        teller.tell(T0 + 10 * HOUR + n, {f"strange {n}": 1.0})
        if weakest := teller.stories.weakest():
            teller.stories.close(weakest)
    fire = teller.stories.get("s1")
    assert fire is not None
    assert fire.mentions == 40


def test_what_a_story_is_about_does_not_flip_from_post_to_post() -> None:
    teller = Teller()
    kinds = set()
    for n in range(40):
        kind = "conduct" if n % 2 else "product"
        teller.tell(T0 + n * MINUTE, {"the fire": 1.0}, kind=kind)
        kinds.add(teller.stories.open[0].kind)
    assert kinds == {"product"}
    for n in range(40, 60):
        teller.tell(T0 + n * MINUTE, {"the fire": 1.0}, kind="conduct")
    assert teller.stories.open[0].kind == "conduct"


def test_everyday_talk_is_called_so() -> None:
    teller = Teller()
    for n in range(10):
        teller.tell(T0 + n * HOUR, {"the brand": 1.0}, kind="none", p=0.5)
    assert teller.stories.open[0].kind == EVERYDAY


def test_the_first_posts_that_tell_of_what_a_story_is_about_are_its_examples() -> None:
    teller = Teller()
    for n, kind in enumerate(("none", "product", "none", "product", "product")):
        teller.tell(T0 + n * MINUTE, {"the fire": 1.0}, kind=kind)
    story = teller.stories.open[0]
    assert story.kind == "product"
    assert story.examples[0] == "m5"
    assert sorted(story.examples) == ["m1", "m2", "m3", "m4", "m5"]
    for n in range(10):
        teller.tell(T0 + HOUR + n * MINUTE, {"the fire": 1.0}, kind="product")
    assert story.examples == ["m5", "m6", "m7", "m8", "m9"]


def test_an_example_that_goes_leaves_those_that_fit_in_front() -> None:
    story = Story("s1", b"", T0, T0, examples=["a", "b", "c"], fitting=2)
    unshow(story, "c")
    assert (story.examples, story.fitting) == (["a", "b"], 2)
    unshow(story, "a")
    assert (story.examples, story.fitting) == (["b"], 1)
    unshow(story, "nowhere")
    assert (story.examples, story.fitting) == (["b"], 1)
