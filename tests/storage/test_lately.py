"""The newest mentions in a row: what occurs among them, and sifting that ends in time."""

import pytest
from storage.rows import MINUTE, OURS, START, THEIRS, add, mention, post, understanding

from fenghuo.listen import Listen
from fenghuo.listen import mentions as sifting
from fenghuo.ports.lately_store import Occurring
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.storage import Database


def heard(database: Database, n: int, kind: str = "x") -> list[StoredMention]:
    """So many mentions, a minute apart, oldest first."""
    made = [mention(post(f"p{i:04}", i, kind)) for i in range(n)]
    with database.transaction() as tx:
        add(tx, *made)
    return made


def test_what_occurs_is_told_of_the_newest_alone_and_of_nobody_else(database: Database) -> None:
    old = mention(post("old", 0, "usenet", "article", "fr"))
    new = mention(post("new", 5, "x", "review", "de"))
    unread = mention(post("unread", 6, "x"))
    rival = mention(post("rival", 7, "shop", country="jp"), "v")
    theirs = mention(post("theirs", 8, "fediverse"), "z", THEIRS)
    with database.transaction() as tx:
        add(tx, old, new, unread, rival, theirs)
        tx.listen.save_understanding(new.id, understanding(lang="de"))
        assert tx.lately.occurring(OURS, "w", 2) == Occurring(
            ("x",), ("post", "review"), ("de",), ("de",)
        )
        assert tx.lately.occurring(OURS, "", 2).platforms == ("shop", "x")
        assert tx.lately.occurring(OURS, "w", 9).countries == ("de", "fr")
        assert tx.lately.occurring("nobody", "", 9) == Occurring()


def test_a_platform_is_known_where_it_was_heard(database: Database) -> None:
    with database.transaction() as tx:
        add(tx, mention(post("1", platform="usenet")))
        assert tx.lately.knows_platform(OURS, "usenet")
        assert not tx.lately.knows_platform(OURS, "pigeon")
        assert not tx.lately.knows_platform(THEIRS, "usenet")


@pytest.mark.parametrize("watch", ["", "w"])
def test_so_many_mentions_end_where_they_end(database: Database, watch: str) -> None:
    made = heard(database, 10)
    search = MentionSearch(OURS, watch)
    with database.reading() as tx:
        end = tx.lately.end_of(search, 4)
        assert end == (START + 6 * MINUTE, made[6].id)
        down = tx.listen.search(MentionSearch(OURS, watch, down_to=end))
        assert [m.post.id for m in down] == ["p0009", "p0008", "p0007", "p0006"]
        rest = MentionSearch(OURS, watch, before=end)
        assert tx.lately.end_of(rest, 6) == (START, made[0].id)
        assert tx.lately.end_of(rest, 7) is None
        spanned = MentionSearch(OURS, watch, since=START + MINUTE, until=START + 4 * MINUTE)
        assert tx.lately.end_of(spanned, 3) == (START + MINUTE, made[1].id)
        assert tx.lately.end_of(spanned, 4) is None


def reader(database: Database) -> Listen:
    """The room over this database; it reads only."""
    return Listen(database, None, None)  # type: ignore[arg-type] # neither is asked for


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_sifting_by_any_steps_finds_each_mention_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(sifting, "SIFTED", 3)
    monkeypatch.setattr(sifting, "SIEVES", 2)
    made = [mention(post(f"p{i:04}", i, "x" if i % 7 else "rare")) for i in range(40)]
    with database.transaction() as tx:
        add(tx, *made)
    search: MentionSearch | None = MentionSearch(OURS, platform="rare", limit=limit)
    found: list[str] = []
    while search is not None:
        page, after = reader(database).page(search)
        assert len(page) <= limit
        found += [m.post.id for m in page]
        search = MentionSearch(OURS, platform="rare", limit=limit, before=after) if after else None
    assert found == [f"p{i:04}" for i in range(35, -1, -7)]


def test_a_page_that_sifts_nothing_is_as_it_was(database: Database) -> None:
    made = heard(database, 5)
    page, after = reader(database).page(MentionSearch(OURS, limit=5))
    assert len(page) == 5
    assert after == (START, made[0].id)
    assert reader(database).page(MentionSearch(OURS, limit=6))[1] is None
