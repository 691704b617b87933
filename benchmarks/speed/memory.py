"""A replay of 1,000,000 posts that match nothing and 50,000 that match, in one process.

Prints one JSON line: memory at a fifth of the way and at the end, and the biggest state of a watch
seen on the way. Both must not grow with time. Texts are made of our own words, so that the run
needs no data; the posts that match are spread evenly over 30 days.
"""

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fenghuo.app import new_replay
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.warn import to_bytes

UNMATCHED, MATCHED = 1_000_000, 50_000
BATCH = 2_000
START = datetime(2031, 3, 1, tzinfo=UTC)
SPAN = timedelta(days=30)
STATE_LIMIT = 100_000
BRAND = "Veyra"
TEXT = (
    "the charger power bank got hot delivery late again support never answers love this colour "
    "bought two for the family screen went dark refund please great price new firmware broke it "
    "smells odd today at the shop my daughter uses hers every day works fine no idea why"
)
WORDS = re.findall(r"\w+", TEXT)


def posts() -> Iterator[Post]:
    """Every 21st post names the brand."""
    rng = random.Random(7)  # noqa: S311 - repeatable, not secret
    whole = UNMATCHED + MATCHED
    for number in range(whole):
        words = rng.choices(WORDS, k=rng.randint(6, 18))
        if number % (whole // MATCHED) == 0:
            words.insert(rng.randrange(len(words)), BRAND)
        at = START + SPAN * (number / whole)
        yield Post(platform="x", id=str(number), time=at, text=" ".join(words))


def resident_mb() -> float:
    """Memory of this process in MB."""
    text = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Run and print."""
    if not Path("/proc/self/status").exists():
        print(json.dumps({"bench": "memory", "skipped": "this system has no /proc"}))
        return
    run = new_replay({BRAND: Watch(BRAND, BRAND.lower())}, {})
    batch: list[Post] = []
    seen, biggest, early = 0, 0, 0.0
    for post in posts():
        batch.append(post)
        if len(batch) == BATCH:
            run.feed(batch)
            seen += len(batch)
            batch = []
            biggest = max(biggest, len(to_bytes(run.state(BRAND))))
            if not early and seen >= (UNMATCHED + MATCHED) // 5:
                early = resident_mb()
    run.feed(batch)
    line = {"bench": "memory", "posts": seen + len(batch), "matched": run.counted.matched}
    line |= {"mb_at_a_fifth": round(early), "mb_at_the_end": round(resident_mb())}
    line |= {"ratio": round(resident_mb() / early, 3), "baseline": "memory at a fifth of the way"}
    print(json.dumps({**line, "state_bytes": biggest, "state_at_most": STATE_LIMIT}))


if __name__ == "__main__":
    main()
