"""Cursors, counts of what matched nothing, and the bounded sample."""

from storage.rows import MINUTE, START, post

from fenghuo.domain.source import Health, Source
from fenghuo.ports.listen_store import SAMPLE
from fenghuo.storage import Database


def test_a_cursor_is_empty_at_first_and_moves(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.listen.cursor("feed") == ""
        tx.listen.save_cursor("feed", "烽火 1")
        tx.listen.save_cursor("other", "x")
        tx.listen.save_cursor("feed", "烽火 2")
        assert tx.listen.cursor("feed") == "烽火 2"


def test_posts_that_match_nothing_are_counted_by_minute(database: Database) -> None:
    with database.transaction() as tx:
        tx.listen.count_unmatched("feed", {START: 3, START + MINUTE: 1})
        tx.listen.count_unmatched("feed", {START: 2, START - MINUTE: 9})
        tx.listen.count_unmatched("other", {START: 100})
        tx.listen.count_unmatched("feed", {})
        assert tx.listen.unmatched("feed", START) == {START: 5, START + MINUTE: 1}
        assert tx.listen.unmatched("nobody", 0) == {}


def test_of_a_sample_only_the_last_posts_stay_newest_first(database: Database) -> None:
    with database.transaction() as tx:
        for begin in range(0, 24_000, 4_000):
            tx.listen.keep_sample("feed", [post(str(n)) for n in range(begin, begin + 4_000)])
        tx.listen.keep_sample("other", [post("1")])
        tx.listen.keep_sample("feed", [])
        kept = tx.listen.sample("feed")
        assert len(kept) == SAMPLE
        assert [p.id for p in kept[:2]] == ["23999", "23998"]
        assert kept[-1].id == "14000"
        assert tx.listen.sample("feed", 1) == [post("23999")]
        assert tx.listen.sample("other") == [post("1")]


def test_of_a_source_that_was_removed_nothing_is_left_and_others_keep_theirs(
    database: Database,
) -> None:
    with database.transaction() as tx:
        for name in ("feed", "other"):
            tx.sources.save(Source(name, "w", "feeds", name, {}))
            tx.sources.save_health(name, Health(posts=1))
            tx.listen.save_cursor(name, "1")
            tx.listen.keep_sample(name, [post("1")])
            tx.listen.count_unmatched(name, {START: 1})
        tx.sources.remove("feed")
        assert tx.sources.health("feed") == Health()
        assert tx.listen.cursor("feed") == ""
        assert tx.listen.sample("feed") == []
        assert tx.listen.unmatched("feed", 0) == {}
        assert [source.id for source in tx.sources.all()] == ["other"]
        assert tx.listen.sample("other") == [post("1")]
        assert tx.listen.unmatched("other", 0) == {START: 1}


def test_a_dump_larger_than_the_sample_keeps_its_end(database: Database) -> None:
    with database.transaction() as tx:
        tx.listen.keep_sample("feed", [post("old")])
        tx.listen.keep_sample("feed", [post(str(n)) for n in range(SAMPLE + 5)])
        assert len(tx.listen.sample("feed")) == SAMPLE
        assert tx.listen.sample("feed")[-1].id == "5"
