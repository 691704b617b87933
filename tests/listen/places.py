"""A workspace with its rooms for the tests of removal: every post tells who wrote it and what."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec
import numpy as np
from sqlalchemy import inspect, text

from fenghuo.domain.fact import Fact
from fenghuo.domain.log import Row
from fenghuo.domain.post import Author, Post
from fenghuo.domain.understanding import CRISIS_TYPES, Cue, Reason, Understanding
from fenghuo.domain.watch import Watch
from fenghuo.listen import Erasing, Exclusion, Listen
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database
from fenghuo.storage.engine import open_engine
from fenghuo.warn import State, Warn, advance

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
fresh = count()


class Walking:
    """FAKE clock: a minute goes by whenever somebody looks."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self, workspace: str) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


class Topics:
    """FAKE understanding: a post's vector follows from its topic, and differs a little by post."""

    name = "fake"

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        return [meaning(post) for post in posts]

    def alarming(self, post: Post) -> bool:
        return False


def vector(post: Post) -> bytes:
    topic = np.random.default_rng(int(post.title)).normal(size=512)
    own = np.random.default_rng(int(post.id.rpartition("-")[2])).normal(size=512)
    mixed = topic + 0.5 * own
    made: bytes = np.rint(mixed / np.linalg.norm(mixed) * 127).astype(np.int8).tobytes()
    return made


def meaning(post: Post) -> Understanding:
    crisis = dict.fromkeys(CRISIS_TYPES, 0.1) | {"product": 0.4}
    grave = "burned" in post.text
    return Understanding(
        "en", 0.9, {"negative": 0.9, "neutral": 0.1, "positive": 0.0},
        {str(name): p for name, p in crisis.items()},
        (Cue("fire", 0.9, (post.text.split()[1],)),) if grave else (),
        (Reason("sentiment", (post.text.split()[1],)),), vector(post), "fake",
    )  # fmt: skip


def post(number: int, topic: int = 1, author: str = "", verb: str = "hums") -> Post:
    name = author or f"writer{number}"
    return Post(
        platform="x",
        id=f"x://{name}/post-{number}",
        time=NOW + timedelta(seconds=number),
        text=f"Veyra zq{number}zq {verb} said{number}words",
        title=str(topic),
        url=f"https://social.example/{name}/{number}",
        author=Author(f"id-{name}", f"Name {name}", 70 + number),
        links=(f"https://link.example/{name}{number}",),
    )


class Place:
    """One workspace with a watch, its rooms, and the engine when it is asked to run."""

    def __init__(self, database: Database) -> None:
        self.name = f"place-{next(fresh)}"
        self.store, self.clock = database, Walking()
        self.listen = Listen(database, self.clock, Topics)
        self.warn = Warn(database, self.clock, self.listen)
        self.exclusion = Exclusion(database, self.clock)
        self.erasing = Erasing(database, self.clock)
        self.watch = self.listen.watch(self.name, Watch("Veyra", "veyra"), since=NOW).id

    def hear(self, *posts: Post, run: bool = True) -> None:
        self.listen.accept(self.name, list(posts), "feed", "c")
        if run:
            self.run()

    def run(self) -> None:
        while self.listen.understand_some() or self.warn.advance_some():
            pass

    def ids(self) -> dict[str, str]:
        """Mention by the words of its post."""
        found = self.listen.mentions(MentionSearch(self.name, with_excluded=True, limit=1000))
        return {m.post.text: m.id for m in found}

    def log(self) -> list[Row]:
        with self.store.reading() as tx:
            return [row for _, row in tx.listen.rows(self.watch, 0, 100_000)]

    def changes(self) -> list[str]:
        with self.store.reading() as tx:
            return [change.fact for change in tx.changes.latest(self.name)]


def kept(database: Database) -> Iterator[tuple[str, bytes]]:
    """Every value of every table as bytes, those tables too that hold SQLite's own index."""
    engine = open_engine(database.url)
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):  # noqa: S608
                for value in row:
                    yield name, value if isinstance(value, bytes) else str(value).encode()
    engine.dispose()


def told_by(posts: list[Post]) -> list[bytes]:
    """What may nowhere be found of posts that were removed."""
    found = []
    for one in posts:
        number = one.id.rpartition("-")[2]
        words = [f"zq{number}zq", f"said{number}words", one.author.id, one.author.name, one.url]
        found += [word.encode() for word in (*words, one.links[0], one.id)] + [vector(one)]
    return found


def replayed(place: Place) -> tuple[State, list[bytes]]:
    with place.store.reading() as tx:
        found = tx.erasure.placed(place.watch)
    step = advance(State(), place.log(), found)
    told = [msgspec.json.encode(fact) for fact in step.facts]
    return step.state, [msgspec.json.encode(msgspec.json.decode(fact, type=Fact)) for fact in told]
