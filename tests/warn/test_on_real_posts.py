"""The airline posts of February 2015, where the data is there: early, and seldom wrong."""

import gzip
import os
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from fenghuo.app import new_replay
from fenghuo.domain.post import Post, aware
from fenghuo.domain.watch import Watch
from fenghuo.warn import Found

DATA = os.environ.get("FENGHUO_DATA")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(DATA is None, reason="FENGHUO_DATA does not say where the data is"),
]
QUERIES = {
    "American Airlines": '@AmericanAir OR "american airlines"',
    "United": "@united",
    "Southwest": "@SouthwestAir",
    "JetBlue": "@JetBlue",
    "US Airways": "@USAirways",
    "Virgin America": "@VirginAmerica",
}


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    assert DATA is not None
    with gzip.open(Path(DATA) / "us_airline" / "posts.jsonl.gz", "rb") as file:
        return [msgspec.json.decode(line, type=Post) for line in file]


def opened(posts: Sequence[Post]) -> list[Found]:
    run = new_replay({brand: Watch(brand, query) for brand, query in QUERIES.items()}, {})
    found: list[Found] = []
    for start in range(0, len(posts), 256):
        found.extend(run.feed(posts[start : start + 256]))
    return [f for f in [*found, *run.end()] if f.fact.fact == "alert_opened"]


def shuffled(posts: Sequence[Post]) -> list[Post]:
    """Each brand's posts at random times by its own profile of the hours of the day."""
    rng = random.Random(1)  # noqa: S311 - an experiment, not a secret
    by_brand: defaultdict[str, list[Post]] = defaultdict(list)
    for post in posts:
        by_brand[next((w for w in post.text.lower().split() if w.startswith("@")), "")].append(post)
    days = [(posts[0].time + timedelta(days=n)).date() for n in range(8)]
    moved = []
    for group in by_brand.values():
        hours = [post.time.hour for post in group]
        for post in group:
            clock = time(rng.choice(hours), rng.randrange(60), rng.randrange(60))
            at = datetime.combine(rng.choice(days), clock, UTC)
            moved.append(msgspec.structs.replace(post, time=at))
    return sorted(moved, key=lambda post: post.time)


def test_the_american_trouble_is_told_by_nine_in_the_evening_and_little_else(
    posts: list[Post],
) -> None:
    alerts = opened(posts)
    american = [f for f in alerts if f.watch == "American Airlines"]
    assert aware(american[0].fact.at) <= datetime(2015, 2, 22, 21, tzinfo=UTC)
    assert len(alerts) <= 8


def test_the_same_posts_at_random_times_raise_no_surge(posts: list[Post]) -> None:
    # Grave posts speak for themselves at any time; the control is about counts.
    surges = [f for f in opened(shuffled(posts)) if f.fact.reasons[0].kind != "grave"]
    assert len(surges) <= 1
