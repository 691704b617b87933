"""Stories: what belongs together, and that memory stays small."""

import numpy as np
from warn.rows import DAY, T0, VECTORS, meaning

from fenghuo.domain.log import Meaning, Source
from fenghuo.listen import Stories


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
    joined = {stories.join(Source(f"m{n}", T0 + n), told(0, n)).id for n in range(30)}
    assert joined == {"s1"}
    assert set(stories.open[0].langs) == {"de", "en"}


def test_posts_about_different_things_are_different_stories() -> None:
    stories = Stories([], 1)
    for n in range(40):
        stories.join(Source(f"m{n}", T0 + n), told(n % 4, n))
    assert len(stories.open) == 4


def test_examples_are_never_copies() -> None:
    stories = Stories([], 1)
    stories.join(Source("m1", T0), told(0, 1))
    story = stories.join(Source("m2", T0, copy_of="m1"), told(0, 1))
    assert story.examples == ["m1"]
    assert story.copies == 1


def test_the_weakest_story_gives_way_when_there_are_too_many() -> None:
    stories = Stories([], 1)
    rng = np.random.default_rng(1)
    for n in range(121):
        raw = rng.normal(size=512)
        unit = np.rint(raw / np.linalg.norm(raw) * 127).astype(np.int8).tobytes()
        made = meaning()
        stories.join(Source(f"m{n}", T0 + n), Meaning("en", 0.1, 0.1, made.crisis, (), unit))
    weakest = stories.weakest()
    assert weakest is not None
    assert weakest.id == "s1"
    stories.close(weakest)
    assert stories.weakest() is None


def test_a_story_nobody_adds_to_for_three_days_is_silent() -> None:
    stories = Stories([], 1)
    stories.join(Source("m1", T0), told(0, 1))
    assert not stories.silent(T0 + 2 * DAY)
    assert [story.id for story in stories.silent(T0 + 4 * DAY)] == ["s1"]


def test_a_post_without_a_vector_is_a_story_of_its_own_and_stops_nothing() -> None:
    stories = Stories([], 1)
    for number in range(3):
        source = Source(f"m{number}", number)
        stories.join(source, Meaning("en", 0.5, 0.1, (0.1,) * 7, (), b""))
    assert [story.mentions for story in stories.open] == [1, 1, 1]
    assert all(len(story.centroid) == 512 for story in stories.open)
