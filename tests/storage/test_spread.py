"""One story as a whole, in both databases."""

from msgspec.structs import replace
from storage.rows import MINUTE, START, add, mention, post, understanding

from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.spread_store import Extent, Saying, Spread
from fenghuo.storage import Database


def told(database: Database) -> list[StoredMention]:
    """Three texts of story s1, the first said three times; one post of another story."""
    posts = [post(f"p{n}", minute=n, platform="x" if n < 3 else "forum", country="de")
             for n in range(6)]  # fmt: skip
    made = [mention(one) for one in posts]
    made[2] = replace(made[2], copy_of=made[0].id)
    made[3] = replace(made[3], copy_of=made[0].id)
    with database.transaction() as tx:
        add(tx, *made)
        tx.listen.save_understanding(made[0].id, understanding(lang="de"))
        tx.warn.join("w", [(m.id, "s1") for m in made[:5]] + [(made[5].id, "s2")])
    return made


def test_a_story_is_counted_from_its_first_post_to_its_last(database: Database) -> None:
    told(database)
    with database.reading() as tx:
        assert tx.spread.extent("w", "s1") == Extent(START, START + 4 * MINUTE, 5)
        assert tx.spread.extent("w", "s9") is None
        assert tx.spread.extent("other", "s1") is None
        assert tx.spread.spread("w", "s1", 60 * MINUTE) == [
            Spread(START // (60 * MINUTE) * 60 * MINUTE, "forum", "de", "", 2, 1),
            Spread(START // (60 * MINUTE) * 60 * MINUTE, "x", "de", "", 2, 1),
            Spread(START // (60 * MINUTE) * 60 * MINUTE, "x", "de", "de", 1, 0),
        ]


def test_a_text_stands_once_the_newest_first_and_pages_have_no_gap(database: Database) -> None:
    made = told(database)
    whole = [
        Saying(made[4].id, made[4].id, START + 4 * MINUTE, 0),
        Saying(made[1].id, made[1].id, START + MINUTE, 0),
        Saying(made[0].id, made[0].id, START, 2),
    ]
    with database.reading() as tx:
        assert tx.spread.sayings("w", "s1", 9) == whole
        assert tx.spread.sayings("w", "s1", 1) == whole[:1]
        place = (whole[0].first, whole[0].root)
        assert tx.spread.sayings("w", "s1", 9, place) == whole[1:]
        assert tx.spread.repeats("w", "s1", [m.id for m in made]) == {made[0].id: 2}
        again = tx.spread.again("w", "s1", made[0].id, 9)
        assert again == [made[3].id, made[2].id, made[0].id]


def test_where_the_original_is_in_another_story_the_oldest_repeat_stands_for_it(
    database: Database,
) -> None:
    made = told(database)
    with database.transaction() as tx:
        tx.warn.join("w", [(made[0].id, "s2")])
    with database.reading() as tx:
        found = tx.spread.sayings("w", "s1", 9)[1]
        assert found.root == made[0].id
        assert found.mention == min(made[2].id, made[3].id)
        assert found.again == 1
