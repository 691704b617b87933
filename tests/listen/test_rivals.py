"""Competitors: heard and counted beside the brand, never judged, never among our own."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from fakes.room import NOW, Still, Unasked
from msgspec.structs import replace

from fenghuo.domain.handed import Handed
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Competitor, Watch
from fenghuo.listen import Listen
from fenghuo.ports.listen_store import MentionSearch, StoredWatch
from fenghuo.storage import Database
from fenghuo.warn import Warn

SOLVANE = Competitor("Solvane", "solvane OR 索凡")
OURS = Watch("Veyra", "veyra", competitors=(SOLVANE,))


@pytest.fixture
def listen(database: Database) -> Listen:
    return Listen(database, Still(), Unasked)


def post(name: str, text: str) -> Post:
    return Post(platform="x", id=name, time=NOW - timedelta(minutes=5), text=text)


def heard(listen: Listen, watch: str = "") -> list[str]:
    return sorted(m.post.id for m in listen.mentions(MentionSearch("w", watch)))


def only(found: Sequence[StoredWatch]) -> StoredWatch:
    assert len(found) == 1
    return found[0]


def test_posts_about_a_competitor_are_found_under_its_own_name_only(listen: Listen) -> None:
    ours = listen.watch("w", OURS)
    listen.accept(
        "w", [post("1", "Veyra!"), post("2", "索凡 又涨价"), post("3", "Veyra or Solvane")]
    )
    rival = only(listen.rivals("w", ours.id))
    assert heard(listen) == heard(listen, ours.id) == ["1", "3"]
    assert heard(listen, rival.id) == ["2", "3"]
    assert [w.id for w in listen.watches("w")] == [ours.id]


def test_a_competitor_alarms_nobody(database: Database, listen: Listen) -> None:
    ours = listen.watch("w", OURS)
    listen.accept("w", [post("1", "Solvane power bank on fire")])
    warn = Warn(database, Still(), listen)
    warn.advance_some()
    assert warn.facts(only(listen.rivals("w", ours.id)).id) == []
    with database.reading() as tx:
        assert tx.warn.lagging() == []


def test_a_changed_query_goes_on_under_the_same_competitor(listen: Listen) -> None:
    ours = listen.watch("w", OURS)
    before = only(listen.rivals("w"))
    new = replace(OURS, competitors=(Competitor("SOLVANE", "solvane"),))
    listen.watch("w", new, ours.id)
    after = only(listen.rivals("w"))
    assert (after.id, after.watch.query) == (before.id, "solvane")


def test_one_that_is_named_no_more_is_not_listened_for_and_keeps_what_was_heard(
    listen: Listen,
) -> None:
    ours = listen.watch("w", OURS)
    rival = only(listen.rivals("w"))
    listen.accept("w", [post("1", "solvane")])
    listen.watch("w", replace(OURS, competitors=()), ours.id)
    listen.accept("w", [post("2", "solvane")])
    assert listen.rivals("w") == []
    assert heard(listen, rival.id) == ["1"]


def test_a_paused_watch_pauses_its_competitors_and_resumes_them(listen: Listen) -> None:
    ours = listen.watch("w", OURS)
    listen.pause("w", ours.id, active=False)
    assert listen.rivals("w") == []
    listen.pause("w", ours.id, active=True)
    assert only(listen.rivals("w")).rival_of == ours.id


def test_competitors_of_another_workspace_are_not_seen(listen: Listen) -> None:
    listen.watch("w", OURS)
    assert listen.rivals("elsewhere") == []


def test_a_paste_about_a_competitor_alone_is_about_no_brand_of_ours(listen: Listen) -> None:
    listen.watch("w", OURS)
    assert listen.hand_in("w", Handed("Solvane raises its prices")).mentions == ()
    assert heard(listen, only(listen.rivals("w")).id) == []


def test_a_paste_about_both_is_shown_as_ours_and_counted_for_both(listen: Listen) -> None:
    ours = listen.watch("w", OURS)
    done = listen.hand_in("w", Handed("Solvane or Veyra?"))
    assert [m.watch for m in done.mentions] == [ours.id]
    assert len(heard(listen, only(listen.rivals("w")).id)) == 1
