"""Matched posts understood, clustered, detected, indexed and stored, against the encoder alone.

Both on one core over the same texts, in batches of 32, in turn; the ratio's median is printed as
one JSON line a set. Sets: airline posts (short English) and Weibo posts, where FENGHUO_DATA says
where they are.
"""

import gzip
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fenghuo.app import App, understands
from fenghuo.config import Config
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.inference.usem3 import Usem3
from fenghuo.storage import migrate

POSTS, BATCH, ROUNDS = 960, 32, 3
WORKSPACE = "bench"


def airline(data: Path) -> Iterator[Post]:
    with gzip.open(data / "us_airline" / "posts.jsonl.gz", "rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Post)


def weibo(data: Path) -> Iterator[Post]:
    with gzip.open(data / "ced" / "dev.jsonl.gz", "rb") as file:
        for line in file:
            row = json.loads(line)
            time_ = datetime.fromisoformat(row["time"]).astimezone(UTC)
            yield Post(platform="weibo", id=str(row["id"]), time=time_, text=row["text"])


def timed(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def encode(posts: list[Post], encoder: Usem3) -> None:
    for start in range(0, len(posts), BATCH):
        encoder.encode([post.words for post in posts[start : start + BATCH]])


def whole(posts: list[Post], folder: str) -> None:
    url = f"sqlite:///{folder}/fenghuo.db"
    migrate(url)
    app = App(Config(var=Path(folder), database=url))
    app.listen.watch(WORKSPACE, Watch("all", "title:zzz OR " + ANYTHING))
    for start in range(0, len(posts), BATCH):
        app.listen.accept(WORKSPACE, posts[start : start + BATCH])
        app.listen.understand_some(BATCH)
        app.warn.advance_some()
    app.store.close()


ANYTHING = "the OR to OR a OR i OR you OR on OR 的 OR 了 OR 是 OR 在 OR 不 OR 人"


def measure(name: str, posts: list[Post], encoder: Usem3) -> None:
    ratios, rates = [], []
    for _ in range(ROUNDS):
        alone = timed(lambda: encode(posts, encoder))
        with tempfile.TemporaryDirectory() as folder:
            all_of_it = timed(lambda: whole(posts, folder))
        ratios.append(alone / all_of_it)
        rates.append(len(posts) / all_of_it)
    print(
        json.dumps(
            {
                "bench": f"pipeline_{name}",
                "posts": len(posts),
                "posts_per_s": round(statistics.median(rates)),
                "baseline": "encoder alone, batches of 32",
                "ratio": round(statistics.median(ratios), 3),
            }
        )
    )


def main() -> None:
    data = os.environ.get("FENGHUO_DATA")
    if data is None:
        print(json.dumps({"bench": "pipeline", "skipped": "FENGHUO_DATA is not set"}))
        return
    encoder = Usem3()
    understands()
    measure("airline", list(airline(Path(data)))[:POSTS], encoder)
    measure("weibo", list(weibo(Path(data)))[:POSTS], encoder)


if __name__ == "__main__":
    main()
