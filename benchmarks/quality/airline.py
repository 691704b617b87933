"""Early and seldom wrong: the airline posts of February 2015 through the whole pipeline.

Prints a JSON line for each of three measures, ours beside "mean + 3 sigma of 24 h":
1. when American's trouble of 22 February is first told (UTC);
2. how many alerts open on all six brands over the whole file;
3. how many open on a control: the same posts at random times, by each brand's own hours of the day.
Run: FENGHUO_DATA=... python benchmarks/quality/airline.py
"""

import gzip
import json
import os
import random
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, pstdev

import msgspec

from fenghuo.app import new_replay
from fenghuo.domain.post import Post, aware
from fenghuo.domain.watch import Watch

AMERICAN = "American Airlines"
QUERIES = {
    AMERICAN: '@AmericanAir OR "american airlines"',
    "United": "@united",
    "Southwest": "@SouthwestAir",
    "JetBlue": "@JetBlue",
    "US Airways": "@USAirways",
    "Virgin America": "@VirginAmerica",
}
HOUR = timedelta(hours=1)
Alerts = Mapping[str, Sequence[datetime]]


def read(folder: Path) -> list[Post]:
    """The posts in order of time."""
    with gzip.open(folder / "us_airline" / "posts.jsonl.gz", "rb") as file:
        return [msgspec.json.decode(line, type=Post) for line in file]


def at_random_times(posts: Sequence[Post]) -> list[Post]:
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


def ours(posts: Sequence[Post]) -> Alerts:
    """When alerts opened, by brand."""
    run = new_replay({brand: Watch(brand, query) for brand, query in QUERIES.items()}, {})
    found = [f for start in range(0, len(posts), 256) for f in run.feed(posts[start : start + 256])]
    opened: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in [*found, *run.end()]:
        if one.fact.fact == "alert_opened":
            opened[one.watch].append(aware(one.fact.at))
    return opened


def plain(posts: Sequence[Post]) -> Alerts:
    """Hours whose count is above mean + 3 sigma of the 24 before; a run of them is one alert."""
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for post in posts:
        for brand in _named(post):
            times[brand].append(post.time)
    start, end = posts[0].time, posts[-1].time
    return {brand: list(_above(_hourly(own, start, end), start)) for brand, own in times.items()}


def _named(post: Post) -> Iterable[str]:
    text = post.text.lower()
    return [b for b, q in QUERIES.items() if any(w.strip('"') in text for w in _words(q))]


def _words(query: str) -> list[str]:
    return query.lower().split(" or ")


def _hourly(times: Sequence[datetime], start: datetime, end: datetime) -> list[int]:
    borders = [start + n * HOUR for n in range((end - start) // HOUR + 2)]
    at = [bisect_left(times, border) for border in borders]
    return [b - a for a, b in pairwise(at)]


def _above(counts: Sequence[int], start: datetime) -> Iterator[datetime]:
    open_now = False
    for hour in range(24, len(counts)):
        before = counts[hour - 24 : hour]
        above = counts[hour] > mean(before) + 3 * pstdev(before)
        if above and not open_now:
            yield start + (hour + 1) * HOUR  # an hour is known when it is over
        open_now = above


def main() -> None:
    """Print the three measures."""
    data = os.environ.get("FENGHUO_DATA")
    if data is None:
        print("FENGHUO_DATA does not say where the data is: nothing measured", file=sys.stderr)
        return
    posts = read(Path(data))
    control = at_random_times(posts)
    real, still, plainly, plainly_still = ours(posts), ours(control), plain(posts), plain(control)
    first, first_plainly = (min(found.get(AMERICAN, []), default=None) for found in (real, plainly))
    for name, value, beside, limit in (
        ("american_first_alert", str(first), str(first_plainly), "2015-02-22 21:00:00+00:00"),
        ("alerts", _total(real), _total(plainly), 8),
        ("alerts_on_control", _total(still), _total(plainly_still), 1),
    ):
        line = {"id": f"airline.{name}", "value": value, "mean_3_sigma_24h": beside}
        print(json.dumps({**line, "at_most": limit, "rows": len(posts)}))


def _total(found: Alerts) -> int:
    return sum(len(times) for times in found.values())


if __name__ == "__main__":
    main()
