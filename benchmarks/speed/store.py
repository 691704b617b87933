"""Store, log, index and understand matched posts on SQLite, in batches of 64.

What the product does with a matched post in the store: known? post, mention, full-text tokens,
mention row, then in a second transaction the understanding and its row. Baseline: plain sqlite3
`executemany` of the same bytes, one row a post in one table without an index, committed as often,
in the same run. Prints one JSON line; `ratio` travels between machines, posts a second do not.
"""

import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from fenghuo.domain.identity import identity
from fenghuo.domain.log import Heard, Meaning, MentionRow, UnderstoodRow, encode_row
from fenghuo.domain.post import Author, Post, aware, millis
from fenghuo.domain.understanding import CRISIS_TYPES, Cue, Reason, Understanding
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import StoredMention, StoredWatch
from fenghuo.storage import Database, migrate

BATCH, BATCHES, ROUNDS, SEED = 64, 60, 5, 11
START = 1_700_000_000_000
WATCH = "018bcfe5-6800-7000-8000-000000000001"

Item = tuple[StoredMention, str, MentionRow, Understanding, UnderstoodRow]


def _item(rng: random.Random, number: int) -> Item:
    words = [f"{rng.choice('bcdfgklmnprst')}{rng.paretovariate(0.7):.0f}x" for _ in range(34)]
    at = START + number * 200
    post = Post(
        platform="x",
        id=str(10**17 + number),
        time=aware(at),
        text=" ".join(words),
        lang="en",
        url=f"https://social.example/{number}",
        author=Author(id=str(rng.randrange(10**6)), name="Somebody", followers=200),
        country="us",
    )
    mention = StoredMention(identity(at, WATCH, post.id), WATCH, "ours", post, at + 5_000)
    source = Heard(mention.id, at, "", "x", "post", "us", post.author.id, 200)
    vector = rng.randbytes(512)
    crisis: dict[str, float] = {name: 1 / len(CRISIS_TYPES) for name in CRISIS_TYPES}
    meant = Understanding(
        "en",
        0.98,
        {"negative": 0.6, "neutral": 0.3, "positive": 0.1},
        crisis,
        (Cue("fire", 0.7, ("fire",)),),
        (Reason("sentiment", tuple(words[:3])), Reason("crisis_type", tuple(words[3:6]))),
        vector,
        "usem3 heads 1",
    )
    meaning = Meaning("en", 0.6, 0.1, tuple(crisis.values()), (("fire", 0.7),), vector)
    row = MentionRow(millis(post.time), at + 5_000, source)
    return mention, " ".join(words), row, meant, UnderstoodRow(at, source, meaning)


def _ours(batches: Sequence[Sequence[Item]], folder: Path) -> float:
    url = f"sqlite:///{folder / 'ours.db'}"
    migrate(url)
    database = Database(url)
    with database.transaction() as tx:
        tx.listen.save_watch(StoredWatch(WATCH, "ours", Watch("Acme", "acme")))
    began = time.perf_counter()
    for batch in batches:
        with database.transaction() as tx:
            keys = [(m.post.platform, m.post.id) for m, *_ in batch]
            assert not tx.listen.known_posts("ours", keys)
            added = tx.listen.add_mentions([i[0] for i in batch], [i[1] for i in batch])
            tx.listen.lock_log(WATCH)
            tx.listen.append(WATCH, [i[2] for i in batch if i[0].id in added])
        with database.transaction() as tx:
            until = tx.listen.lock_log(WATCH)
            saved = tx.listen.save_understandings({i[0].id: i[3] for i in batch})
            rows = [msgspec.structs.replace(i[4], until=until) for i in batch if i[0].id in saved]
            tx.listen.append(WATCH, rows)
    took = time.perf_counter() - began
    database.close()
    return took


def _plain(batches: Sequence[Sequence[Item]], folder: Path) -> float:
    encode = msgspec.msgpack.Encoder().encode
    with closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE plain (id TEXT, post, words TEXT, row, meant, understood)")
        began = time.perf_counter()
        for batch in batches:
            first = [(m.id, encode(m.post), words, encode_row(r)) for m, words, r, _, _ in batch]
            second = [(m.id, encode(meant), encode_row(u)) for m, _, _, meant, u in batch]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO plain (id, post, words, row) VALUES (?, ?, ?, ?)", first
            )
            connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO plain (id, meant, understood) VALUES (?, ?, ?)", second
            )
            connection.execute("COMMIT")
        return time.perf_counter() - began


def main() -> None:
    """Both ways in turn, so that a busy neighbour disturbs both; medians."""
    rng = random.Random(SEED)  # noqa: S311  # makes texts, keeps no secret
    items = [_item(rng, number) for number in range(BATCH * BATCHES)]
    batches = [items[i : i + BATCH] for i in range(0, len(items), BATCH)]
    ours, plain = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(_ours(batches, Path(folder)) / len(items))
            plain.append(_plain(batches, Path(folder)) / len(items))
    ours_s, plain_s = statistics.median(ours), statistics.median(plain)
    found = {
        "bench": "store",
        "batch": BATCH,
        "posts": len(items),
        "ms_per_post": round(ours_s * 1000, 4),
        "posts_per_s": round(1 / ours_s),
        "baseline": "sqlite3 executemany of the same bytes, one table, no index",
        "baseline_posts_per_s": round(1 / plain_s),
        "ratio": round(plain_s / ours_s, 3),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
