"""Words that are old enough go by themselves; what an open alert shows, and every count, stays."""

from datetime import datetime, timedelta

import pytest
from listen.places import NOW, Place, kept, post, replayed, told_by
from msgspec.structs import replace

from fenghuo.domain.erased import AGED
from fenghuo.domain.errors import BadInput
from fenghuo.domain.people import Workspace
from fenghuo.domain.post import Post, millis
from fenghuo.domain.source import Source
from fenghuo.listen import Forgetting, Looks, Sources
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database

MONTH = timedelta(days=365.25 / 12)


class Aging(Place):
    """A place in which months go by when the test says so."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.transaction() as tx:
            tx.access.save_workspace(Workspace(self.name, self.name))
        looks = Looks(self.warn.evidence, self.warn.middles)
        self.forgetting = Forgetting(database, self.clock, looks)
        self.sources = Sources(database, self.clock, self.listen)
        self.feed = Source(f"feed-{self.name}", self.name, "feeds", "Feed", {})
        self.sources.save(self.feed, "li")

    def wait(self, months: float) -> None:
        """Time goes by; the engine ticks, and forgets until nothing is due."""
        self.clock.at += months * MONTH
        self.listen.tick(self.name, [self.watch])
        self.run()
        self.forget()

    def forget(self) -> None:
        for _ in range(8):
            self.forgetting.forget_some()
            self.run()

    def marked(self) -> int:
        found = self.listen.mentions(MentionSearch(self.name, limit=1000))
        return sum(AGED in mention.marks for mention in found)

    def later(self, *posts: Post) -> list[Post]:
        """These posts as written now."""
        return [_at(one, self.clock.at) for one in posts]


def ids_of(posts: list[Post]) -> list[bytes]:
    return [one.id.encode() for one in posts]


def _at(one: Post, at: datetime) -> Post:
    return replace(one, time=at)


@pytest.fixture
def place(database: Database) -> Aging:
    return Aging(database)


def test_after_thirteen_months_words_are_gone_everywhere_and_numbers_stay(
    place: Aging, database: Database
) -> None:
    old = [post(n) for n in range(1, 6)]
    place.hear(*old)
    with database.transaction() as tx:
        ids = list(place.ids().values())
        tx.translations.save({ids[0]: "zq1zq auf Deutsch"}, "de", "x")
    place.wait(12.9)
    assert place.marked() == 0
    place.wait(0.2)
    assert place.marked() == 5
    forbidden = told_by(old)
    for table, value in kept(database):
        # Ids stay, so that a post is known when it comes again; SQLite's index lets go of words
        # as it is merged.
        if not table.startswith("mention_words"):
            assert not [w for w in forbidden if w in value and w not in ids_of(old)], table
    state, facts = replayed(place)
    assert state == place.warn.state(place.watch)
    assert len(facts) == len(place.warn.facts(place.watch))
    assert state.mentions == 5
    assert place.listen.accept(place.name, old).matched == 0


def test_a_story_that_goes_on_keeps_its_middle_when_its_first_posts_are_forgotten(
    place: Aging,
) -> None:
    place.forgetting.keep(place.name, 1, "li")
    for number in range(1, 22):
        place.hear(*place.later(post(number)))
        place.wait(2 / 30)
    assert 0 < place.marked() < 21
    state, facts = replayed(place)
    assert state == place.warn.state(place.watch)
    assert len(state.stories) == 1
    assert len(facts) == len(place.warn.facts(place.watch))


def test_what_an_open_alert_shows_stays_until_it_is_over(place: Aging) -> None:
    place.forgetting.keep(place.name, 1, "li")
    place.hear(post(1, verb="burned"), post(2))
    place.clock.at += 2 * MONTH
    place.forgetting.forget_some()
    assert place.marked() == 1
    words = {m.post.text for m in place.listen.mentions(MentionSearch(place.name))}
    assert words == {"", post(1, verb="burned").text}
    place.wait(0.1)
    place.wait(0.1)
    assert place.marked() == 2


def test_who_keeps_for_ever_forgets_nothing_and_a_wrong_number_changes_nothing(
    place: Aging,
) -> None:
    place.forgetting.keep(place.name, 0, "li")
    place.hear(post(1))
    place.wait(80)
    assert place.marked() == 0
    for wrong in (-1, 61):
        with pytest.raises(BadInput, match="months_wrong"):
            place.forgetting.keep(place.name, wrong, "li")
    assert place.forgetting.months(place.name) == 0
    assert place.changes()[0] == "retention_changed"


def test_what_matched_nothing_goes_after_ninety_days_with_its_counts(place: Aging) -> None:
    def other(number: int) -> Post:
        return _at(replace(post(number), text="something else"), place.clock.at)

    early = [other(1), other(2)]
    place.listen.accept(place.name, early, place.feed.id, "c")
    place.wait(2)
    place.listen.accept(place.name, [other(3)], place.feed.id, "c")
    place.wait(1.1)
    with place.store.reading() as tx:
        assert len(tx.listen.sample(place.feed.id)) == 1
        assert sum(tx.listen.unmatched(place.feed.id, 0).values()) == 1
        assert min(tx.listen.unmatched(place.feed.id, 0)) > millis(NOW)
