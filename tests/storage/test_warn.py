"""Memories, facts and their chain, stories."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from storage.rows import OURS, START, THEIRS, fact, mention_row

from fenghuo.domain.chain import walk
from fenghuo.domain.errors import OurMove
from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.warn_store import Remembered
from fenghuo.storage import Database
from fenghuo.storage.engine import read_url
from fenghuo.storage.streams import Streams
from fenghuo.storage.warn import stream_of

fresh = count()


def whole(seq: int) -> Fact:
    reason = Finding("surge", 40, 2, 9, 60_000, START, 7.5, ("fire",))
    return Fact(
        seq, START, "alert_opened", "a", "s", "orange", "product", 0.5, (reason,), (), 4, ("m",),
        "wen", "烽火",
    )  # fmt: skip


def test_a_watch_remembers_nothing_at_first_and_then_the_last_that_was_kept(
    database: Database,
) -> None:
    with database.transaction() as tx:
        assert tx.warn.remembered("w", to_change=True) == Remembered()
        tx.warn.remember("w", Remembered(3, b"\0state"))
        tx.warn.remember("w", Remembered(5, b""))
        tx.warn.remember("v", Remembered(1, b"other"))
        assert tx.warn.remembered("w") == Remembered(5, b"")


def test_a_watch_lags_while_its_log_is_ahead_of_its_memory(database: Database) -> None:
    with database.transaction() as tx:
        for name in ("w", "v", "u"):
            tx.listen.save_watch(StoredWatch(name, OURS, Watch(name, name)))
        tx.listen.append("w", [mention_row(1), mention_row(2)])
        tx.listen.append("v", [mention_row(1)])
        assert tx.warn.lagging() == ["v", "w"]
        tx.warn.remember("w", Remembered(1, b""))
        tx.warn.remember("v", Remembered(1, b""))
        assert tx.warn.lagging() == ["w"]
        tx.warn.remember("w", Remembered(2, b""))
        assert tx.warn.lagging() == []


def test_a_fact_comes_back_whole_and_by_number(database: Database) -> None:
    with database.transaction() as tx:
        tx.warn.add_facts("w", [whole(1), fact(2), fact(3)])
        tx.warn.add_facts("v", [fact(1)])
        tx.warn.add_facts("v", [])
        assert tx.warn.facts("w") == [whole(1), fact(2), fact(3)]
        assert tx.warn.facts("w", after=1, limit=1) == [fact(2)]
        assert tx.warn.facts("nobody") == []


def test_facts_written_again_change_nothing(database: Database) -> None:
    with database.transaction() as tx:
        tx.warn.add_facts("w", [fact(1), fact(2)])
    with database.transaction() as tx:
        tx.warn.add_facts("w", [fact(1), fact(2), fact(3)])
        tx.warn.add_facts("w", [fact(2)])
        assert tx.warn.facts("w") == [fact(1), fact(2), fact(3)]


@pytest.mark.parametrize("second", [[fact(2, alert="other")], [fact(4)], [fact(2), fact(4)]])
def test_a_fact_that_differs_or_leaves_a_gap_is_refused_and_the_record_stays(
    database: Database, second: list[Fact]
) -> None:
    with database.transaction() as tx:
        tx.warn.add_facts("w", [fact(1), fact(2)])
    with pytest.raises(OurMove, match=r"storage\.facts_differ"), database.transaction() as tx:
        tx.warn.add_facts("w", second)
    with database.reading() as tx:
        assert tx.warn.facts("w") == [fact(1), fact(2)]


def test_the_page_of_alerts_shows_the_last_word_on_each_newest_first(database: Database) -> None:
    told = [
        fact(1, "story_opened", story="s"),
        fact(2, "alert_opened", alert="a", story="s"),
        fact(3, "alert_opened", alert="b"),
        fact(4, "alert_raised", alert="a"),
        fact(5, "story_opened", story="t"),
        fact(6, "story_grew", story="s"),
    ]
    with database.transaction() as tx:
        tx.warn.add_facts("w", told)
        tx.warn.add_facts("v", [fact(1, "alert_opened", alert="a")])
        assert tx.warn.latest_alerts("w") == [told[2], told[3]]
        assert tx.warn.latest_alerts("w", limit=1) == [told[2]]
        assert tx.warn.latest_stories("w") == [told[4], told[5]]
        assert tx.warn.alert_facts("w", "a") == [told[1], told[3]]
        assert tx.warn.alert_facts("w", "") == tx.warn.alert_facts("w", "c") == []


def test_the_last_word_on_what_is_named_is_found_by_watch_and_name(database: Database) -> None:
    told = [
        fact(1, "story_opened", story="s"),
        fact(2, "alert_opened", alert="a", story="s"),
        fact(3, "alert_opened", alert="b"),
        fact(4, "alert_raised", alert="a", story="s"),
    ]
    with database.transaction() as tx:
        tx.warn.add_facts("w", told)
        tx.warn.add_facts("v", [fact(1, "alert_opened", alert="a")])
        asked = [("w", "a"), ("v", "a"), ("w", "c"), ("w", ""), ("u", "a")]
        last = {("w", "a"): told[3], ("v", "a"): fact(1, "alert_opened", alert="a")}
        assert tx.warn.last_of_alerts(asked) == last
        # An alert about a story says nothing of the story itself.
        assert tx.warn.last_of_stories([("w", "s"), ("w", ""), ("v", "s")]) == {("w", "s"): told[0]}
        assert tx.warn.last_of_alerts([]) == tx.warn.last_of_stories([]) == {}
        many = [("w", f"a{n}") for n in range(2_500)]
        assert list(tx.warn.last_of_alerts([*many, ("w", "b")])) == [("w", "b")]


def test_the_memories_of_a_workspace_are_those_of_its_watches(database: Database) -> None:
    with database.transaction() as tx:
        for name, workspace in (("w", OURS), ("v", THEIRS), ("u", OURS)):
            tx.listen.save_watch(StoredWatch(name, workspace, Watch(name, name)))
        tx.warn.remember("w", Remembered(3, b"\0w"))
        tx.warn.remember("v", Remembered(3, b"\0v"))
        assert tx.warn.memories(OURS) == {"w": b"\0w"}


def test_whoever_reads_facts_on_finds_how_far_each_watch_has_come(database: Database) -> None:
    with database.transaction() as tx:
        for name, workspace in (("w", OURS), ("v", THEIRS), ("u", OURS)):
            tx.listen.save_watch(StoredWatch(name, workspace, Watch(name, name)))
        tx.warn.add_facts("w", [fact(1), fact(2)])
        tx.warn.add_facts("v", [fact(1)])
        assert tx.warn.fact_heads() == {"w": 2, "v": 1}
        assert tx.warn.fact_heads(OURS) == {"w": 2}


def test_a_mention_stands_in_the_story_that_it_joined_last(database: Database) -> None:
    with database.transaction() as tx:
        tx.warn.join("w", [("m2", "s"), ("m1", "s"), ("m3", "t"), ("m3", "s")])
        tx.warn.join("w", [("m1", "t")])
        tx.warn.join("w", [])
        assert tx.warn.mentions_of("w", "s") == ["m2", "m3"]
        assert tx.warn.mentions_of("w", "s", limit=1) == ["m2"]
        assert tx.warn.mentions_of("w", "t") == ["m1"]
        assert tx.warn.mentions_of("v", "s") == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 5), max_size=5))
def test_however_facts_are_cut_into_batches_the_chain_is_the_same(
    database: Database, cuts: list[int]
) -> None:
    facts = [fact(seq) for seq in range(1, 8)]
    watch = f"watch {next(fresh)}"
    written = 0
    with database.transaction() as tx:
        for cut in [*cuts, len(facts)]:
            # Some are written again, as after a restart.
            tx.warn.add_facts(watch, facts[max(0, written - 1) : written + cut])
            written = min(len(facts), written + cut)
        assert tx.warn.facts(watch) == facts


def test_the_stored_chain_is_whole_and_shows_what_was_changed_behind_its_back(
    database: Database,
) -> None:
    stream = stream_of("w")
    with database.transaction() as tx:
        tx.warn.add_facts("w", [fact(1), fact(2), fact(3)])
    engine = create_engine(read_url(database.url))
    with engine.begin() as connection:
        whole = Streams(connection).linked(stream)
        assert walk(stream, whole).count == 3
        assert walk(stream, whole).head == Streams(connection).head(stream)[1]
        connection.execute(text("UPDATE facts SET body = :b WHERE seq = 2"), {"b": b"{}"})
        assert walk(stream, Streams(connection).linked(stream)).broken == 2
        connection.execute(text("DELETE FROM facts WHERE seq = 2"))
        assert walk(stream, Streams(connection).linked(stream)).broken == 2
    engine.dispose()


def test_a_room_may_record_its_own_facts_under_the_next_number(database: Database) -> None:
    stream = "workspace:1"
    engine = create_engine(read_url(database.url))
    with engine.begin() as connection:
        streams = Streams(connection)
        assert streams.head(stream)[0] == 0
        assert streams.record(stream, START, "member_added", b'{"who":"wen"}') == 1
        assert streams.record(stream, START, "member_removed", b"{}") == 2
        assert [link.payload for link in streams.linked(stream, after=1)] == [b"{}"]
        assert walk(stream, streams.linked(stream)).broken == 0
    engine.dispose()
