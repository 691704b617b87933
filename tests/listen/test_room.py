"""The listening room over a real database: what is understood, and how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from fakes.room import NOW, Still
from storage.rows import erase

from fenghuo.domain.post import Post, millis
from fenghuo.domain.understanding import CRISIS_TYPES, Understanding
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen, reading, source_of
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database
from fenghuo.warn import State, advance

WORDS = "My Veyra power bank got so hot that it burnt a hole into the sofa"


class Counting:
    """FAKE model: notes what it is asked for and answers with its word alone."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def alarming(self, post: Post) -> bool:
        return "burnt" in post.text

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        self.asked += [post.id for post in posts]
        mood = {"negative": 1.0, "neutral": 0.0, "positive": 0.0}
        kind: dict[str, float] = {name: float(name == "none") for name in CRISIS_TYPES}
        vector = bytes(range(256)) * 2
        return [Understanding("en", 1.0, mood, kind, (), (), vector, self.name) for _ in posts]


def post(name: str, text: str) -> Post:
    return Post(platform="x", id=name, time=NOW - timedelta(minutes=5), text=text)


def test_a_copy_is_not_understood_again_not_even_in_the_batch_of_its_original(
    database: Database,
) -> None:
    model = Counting()
    listen = Listen(database, Still(), lambda: model)
    listen.watch("w", Watch("Veyra", "veyra"))
    listen.accept("w", [post("1", WORDS), post("2", WORDS + "!"), post("3", "Veyra opens a shop")])
    assert listen.understand_some() == 3
    listen.accept("w", [post("4", WORDS + " !!")])
    assert listen.understand_some() == 1
    assert sorted(model.asked) == ["1", "3"]
    assert listen.awaiting("w") == 0


def test_in_a_flood_words_of_grave_harm_are_understood_first(database: Database) -> None:
    model = Counting()
    listen = Listen(database, Still(), lambda: model)
    listen.watch("w", Watch("Veyra", "veyra"))
    flood = [post(str(number), f"Veyra thing {number}") for number in range(200)]
    listen.accept("w", [*flood, post("grave", WORDS)])
    done = listen.understand_some(16)
    assert done == 16
    assert "grave" in model.asked
    while listen.understand_some(16):
        continue
    assert sorted(model.asked) == sorted([p.id for p in flood] + ["grave"])
    assert listen.awaiting("w") == 0


def test_a_post_heard_a_week_late_is_marked_as_old_in_the_log() -> None:
    def old(days: float) -> bool:
        heard = Post(platform="x", id="1", time=NOW - timedelta(days=days), text=WORDS)
        return source_of(heard, "m", "", millis(NOW)).old

    assert [old(days) for days in (0, 6.9, 7.1, 700)] == [False, False, True, True]


def test_a_copy_of_erased_words_is_understood_for_itself(database: Database) -> None:
    model = Counting()
    listen = Listen(database, Still(), lambda: model)
    watch = listen.watch("w", Watch("Veyra", "veyra")).id
    listen.accept("w", [post("1", WORDS)])
    listen.understand_some()
    with database.transaction() as tx:
        [first] = tx.listen.search(MentionSearch("w"))
        assert erase(tx, "w", first.id)
    listen.accept("w", [post("2", WORDS)])
    listen.understand_some()
    assert model.asked == ["1", "2"]
    with database.reading() as tx:
        rows = [row for _, row in listen.rows(tx, watch, 0, 100)]
    assert advance(State(), rows).state.mentions == 2


def test_a_post_whose_words_were_changed_is_heard_again_and_marked(database: Database) -> None:
    listen = Listen(database, Still(), Counting)
    listen.watch("w", Watch("Veyra", "veyra"))
    listen.accept("w", [post("1", "the veyra charger is fine")])
    changed = post("1", "the veyra charger caught fire and burned down our house")
    assert listen.accept("w", [changed]).matched == 1
    assert listen.accept("w", [changed]).duplicates == 1
    assert listen.accept("w", [post("1", "the veyra charger is fine")]).duplicates == 1
    found = listen.mentions(MentionSearch("w"))
    assert sorted(m.marks for m in found) == [(), ("edited",)]


def test_a_demo_whose_time_runs_ahead_hides_no_grave_words_of_a_real_workspace(
    database: Database,
) -> None:
    model, clock = Counting(), Ahead()
    listen = Listen(database, clock, lambda: model)
    for place in ("demo", "w"):
        listen.watch(place, Watch("Veyra", "veyra"))
    listen.accept("demo", [post(f"d{number}", f"Veyra demo {number}") for number in range(40)])
    listen.accept("w", [post(str(number), f"Veyra thing {number}") for number in range(40)])
    listen.understand_some(16)
    listen.accept("w", [post("grave", WORDS)])
    listen.understand_some(16)
    assert "grave" in model.asked


class Ahead:
    """FAKE clock: the demo lives a week ahead."""

    def now(self, workspace: str) -> datetime:
        return NOW + timedelta(days=7 if workspace == "demo" else 0)


def test_a_flood_of_grave_harm_keeps_few_names_and_loses_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED_AHEAD", 20)
    model = Counting()
    listen = Listen(database, Still(), lambda: model)
    listen.watch("w", Watch("Veyra", "veyra"))
    texts = {f"{n}": f"{n} Veyra burnt {n * 7919} {n * 104729} sofas" for n in range(200)}
    listen.accept("w", [post(name, text) for name, text in texts.items()])
    while listen.understand_some(5):
        assert len(listen._alarming) < 40  # noqa: SLF001 - what it must not do is grow
    assert sorted(model.asked) == sorted(set(model.asked))
    assert listen.awaiting("w") == 0


def test_an_alarming_mention_that_another_engine_read_is_read_no_second_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED_AHEAD", 20)
    one, other = Counting(), Counting()
    first, second = Listen(database, Still(), lambda: one), Listen(database, Still(), lambda: other)
    first.watch("w", Watch("Veyra", "veyra"))
    texts = {f"{n}": f"{n} Veyra burnt {n * 7919} {n * 104729} sofas" for n in range(60)}
    first.accept("w", [post(name, text) for name, text in texts.items()])
    while first.understand_some(5) + second.understand_some(5):
        pass
    assert not {*one.asked} & {*other.asked}
    assert first.awaiting("w") == 0


def test_a_copy_that_adds_words_of_grave_harm_is_read_for_itself(database: Database) -> None:
    model = Counting()
    listen = Listen(database, Still(), lambda: model)
    listen.watch("w", Watch("Veyra", "veyra"))
    long = (
        "My Veyra power bank came on Monday in a blue box with two cables and a bag, and I like it"
    )
    listen.accept("w", [post("1", long), post("2", long + "!"), post("3", long + " it burnt me")])
    assert listen.understand_some() == 3
    listen.accept("w", [post("4", long + " he burnt it"), post("5", long + " !!")])
    assert listen.understand_some() == 2
    assert sorted(model.asked) == ["1", "3", "4"]
    found = listen.mentions(MentionSearch("w"))
    assert sum(bool(m.copy_of) for m in found) == 4
