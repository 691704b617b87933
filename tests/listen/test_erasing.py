"""What is not about us or is removed on request: nothing of it is left, and all counts hold."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listen.places import Place, fresh, kept, post, replayed, told_by

from fenghuo.domain.errors import BadInput, TimeMove
from fenghuo.listen import Wish
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database

SOME = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def place(database: Database) -> Place:
    return Place(database)


@SOME
@given(st.data())
def test_of_removed_posts_nothing_is_left_and_a_replay_gives_what_was_lived(
    database: Database, data: st.DataObject
) -> None:
    place = Place(database)
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=14))
    verbs = st.sampled_from(["hums", "hums", "hums", "burned"])
    posts = [post(next(fresh) + 1000, topic, verb=data.draw(verbs)) for topic in sizes]
    middle = data.draw(st.integers(0, len(posts)))
    place.hear(*posts[:middle], run=data.draw(st.booleans()))
    gone = data.draw(st.lists(st.sampled_from(posts), unique_by=lambda one: one.id))
    before = [one for one in gone if one in posts[:middle]]
    for one in before:
        place.erasing.remove(place.name, Wish(link=one.url), "li")
    place.hear(*posts[middle:])
    after = [one for one in gone if one not in before]
    for one in after:
        wish = Wish("x", one.author.id)
        assert place.erasing.look(place.name, wish).posts == 1
        assert place.erasing.remove(place.name, wish, "li").posts == 1
    place.hear(*gone)
    place.hear(post(next(fresh) + 1000, 1), post(next(fresh) + 1000, 2))
    forbidden = told_by(gone)
    for table, value in kept(database):
        assert not [word for word in forbidden if word in value], table
    state, facts = replayed(place)
    assert state == place.warn.state(place.watch)
    assert facts == [msgspec.json.encode(fact) for fact in place.warn.facts(place.watch)]
    assert state.mentions == len(posts) + 2


def test_what_is_not_about_us_leaves_list_story_and_alert_and_comes_back(place: Place) -> None:
    place.hear(*(post(n, verb="burned") for n in range(1, 6)))
    wrong = place.ids()["Veyra zq3zq burned said3words"]
    [story] = {m.story for m in place.listen.mentions(MentionSearch(place.name))}
    for back, shown in ((False, 4), (True, 5)):
        place.exclusion.exclude(place.name, wrong, "li", back=back)
        place.exclusion.exclude(place.name, wrong, "li", back=back)
        place.run()
        assert len(place.listen.mentions(MentionSearch(place.name))) == shown
        fact = place.warn.story(place.watch, story)
        assert fact is not None
        assert (fact.fact, fact.mentions, fact.who) == ("story_corrected", shown, "li")
        assert wrong not in fact.examples
        [alert] = place.warn.state(place.watch).alerts
        assert alert.mentions == shown
        assert wrong not in alert.examples
    assert place.changes()[:2] == ["mention_taken_back", "mention_excluded"]
    assert place.changes().count("mention_excluded") == 1


def test_what_is_not_about_us_is_not_read_until_it_is_taken_back(place: Place) -> None:
    place.hear(post(1), run=False)
    [one] = place.ids().values()
    place.exclusion.exclude(place.name, one, "li")
    place.run()
    assert place.listen.named(place.name, [one])[0].understanding is None
    place.exclusion.exclude(place.name, one, "li", back=True)
    place.run()
    assert place.listen.named(place.name, [one])[0].story


def test_while_the_engine_has_not_placed_a_post_nothing_is_taken_out(place: Place) -> None:
    place.hear(post(1), run=False)
    place.listen.understand_some()
    [one] = place.ids().values()
    with pytest.raises(TimeMove, match="engine_behind"):
        place.exclusion.exclude(place.name, one, "li")
    assert not place.listen.named(place.name, [one])[0].excluded
    place.run()
    place.exclusion.exclude(place.name, one, "li")
    assert place.listen.named(place.name, [one])[0].excluded


def test_another_workspace_can_take_out_and_remove_nothing_of_ours(
    place: Place, database: Database
) -> None:
    place.hear(post(1))
    [one] = place.ids().values()
    other = Place(database)
    with pytest.raises(BadInput, match="no_mention"):
        other.exclusion.exclude(other.name, one, "li")
    assert other.erasing.look(other.name, Wish("x", "id-writer1")).posts == 0
    other.erasing.remove(other.name, Wish("x", "id-writer1"), "li")
    assert place.ids() == {post(1).text: one}


def test_all_of_an_author_goes_by_id_or_name_and_nobody_else(place: Place) -> None:
    mine = [post(n, author="alma") for n in (1, 2)]
    place.hear(*mine, post(3))
    look = place.erasing.look(place.name, Wish("x", "@Name alma"))
    assert (look.posts, [p.id for p in look.shown]) == (2, [mine[1].id, mine[0].id])
    receipt = place.erasing.remove(place.name, Wish("x", "id-alma"), "li")
    assert (receipt.posts, receipt.mentions) == (2, 2)
    assert list(place.ids()) == ["", post(3).text] or post(3).text in place.ids()
    assert place.changes()[:2] == ["removal_done", "posts_removed"]


def test_who_names_nobody_removes_nothing(place: Place) -> None:
    for wish in (Wish(), Wish("x", " @ "), Wish("", "id-alma")):
        with pytest.raises(BadInput, match="nobody_named"):
            place.erasing.remove(place.name, wish, "li")


def test_a_post_that_was_removed_is_not_taken_in_again_changed_or_not(place: Place) -> None:
    one = post(1)
    place.hear(one)
    place.erasing.remove(place.name, Wish(link=one.url), "li")
    changed = post(1, verb="burned")
    assert place.listen.accept(place.name, [one, changed]).matched == 0
    assert list(place.ids()) == [""]
