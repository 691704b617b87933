"""What mentions mean: stored once, and who waits for it."""

from storage.rows import OURS, THEIRS, add, mention, post, understanding

from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database


def test_the_oldest_wait_first_and_nobody_waits_twice(database: Database) -> None:
    many = [mention(post(str(number))) for number in range(5)]
    oldest = sorted(many, key=lambda m: m.id)
    with database.transaction() as tx:
        add(tx, *many)
        assert tx.listen.awaiting_understanding(3) == oldest[:3]
        tx.listen.save_understandings({m.id: understanding() for m in oldest[:2]})
    with database.reading() as tx:
        assert tx.listen.awaiting_understanding(10) == oldest[2:]
        assert tx.listen.awaiting() == tx.listen.awaiting(OURS) == 3
        assert tx.listen.awaiting(THEIRS) == 0
        waiting = tx.listen.without_understanding([m.id for m in many])
        assert waiting == {m.id for m in oldest[2:]}


def test_each_workspace_where_somebody_waits_is_named_once_and_asked_by_itself(
    database: Database,
) -> None:
    ours = [mention(post(str(number))) for number in range(3)]
    theirs = mention(post("1"), "u", THEIRS)
    with database.transaction() as tx:
        assert tx.listen.workspaces_awaiting() == []
        add(tx, *ours, theirs)
        assert tx.listen.workspaces_awaiting() == [OURS, THEIRS]
        assert tx.listen.awaiting_understanding(9, "", THEIRS) == [theirs]
        first, second, third = sorted(ours, key=lambda m: m.id)
        assert tx.listen.awaiting_understanding(9, first.id, OURS) == [second, third]
        tx.erasure.set_excluded(theirs.id, excluded=True)
        assert tx.listen.workspaces_awaiting() == [OURS]
        tx.erasure.set_excluded(theirs.id, excluded=False)
        assert tx.listen.awaiting_understanding(9, "", THEIRS) == [theirs]
        tx.listen.save_understandings({m.id: understanding() for m in ours})
        assert tx.listen.workspaces_awaiting() == [THEIRS]


def test_an_understanding_is_stored_once_and_the_second_is_told_so(database: Database) -> None:
    one = mention(post("1"))
    with database.transaction() as tx:
        add(tx, one)
        assert tx.listen.save_understandings({one.id: understanding(0.8)}) == {one.id}
    with database.transaction() as tx:
        assert tx.listen.save_understandings({one.id: understanding(0.1)}) == set()
        found = tx.listen.mention(OURS, one.id)
        assert found is not None
        assert found.understanding == understanding(0.8)
        assert tx.listen.understandings([one.id, "nobody"]) == {one.id: understanding(0.8)}


def test_an_understanding_of_nothing_is_not_stored(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.listen.save_understandings({"nobody": understanding()}) == set()
        assert tx.listen.save_understandings({}) == set()
        assert tx.listen.understandings(["nobody"]) == {}


def test_a_cue_below_one_half_is_not_grave(database: Database) -> None:
    faint, strong = mention(post("1")), mention(post("2"))
    with database.transaction() as tx:
        add(tx, faint, strong)
        tx.listen.save_understanding(faint.id, understanding(p_fire=0.4))
        tx.listen.save_understanding(strong.id, understanding(p_fire=0.5))
        grave = tx.listen.search(MentionSearch(OURS, grave=True))
    assert [m.id for m in grave] == [strong.id]
