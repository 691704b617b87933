"""Posts whose words were changed: however they are cut into calls, the same is kept of them."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from listen.places import NOW, Walking, fresh
from storage.rows import erase

from fenghuo.domain.log import MentionRow, Settings
from fenghuo.domain.post import Author, Post
from fenghuo.domain.understanding import CRISIS_TYPES, Understanding
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen, Matcher, parse
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database
from fenghuo.warn import Replay

MILD = "The Veyra power bank came today, here is me unboxing it at the kitchen table with my kids"
GRAVE = f"{MILD}. EDIT: it caught fire"
WORDS = [MILD, GRAVE, "veyra!", "Lyon", "Nothing of interest", "Veyra in Lyon, and nothing more"]
WATCHES = {"Veyra": "veyra", "Lyon": "lyon", "Press": "veyra author:press"}
SOME = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def post(name: str, text: str, author: str = "", repost_of: str = "") -> Post:
    who = Author(name=author)
    return Post(platform="x", id=name, time=NOW, text=text, author=who, repost_of=repost_of)


class Calm:
    """FAKE model: every post means the same."""

    name = "calm"

    def alarming(self, post: Post) -> bool:
        return False

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        mood = {"negative": 0.0, "neutral": 1.0, "positive": 0.0}
        kind: dict[str, float] = {name: float(name == "none") for name in CRISIS_TYPES}
        vector = bytes(range(256)) * 2
        return [Understanding("en", 1.0, mood, kind, (), (), vector, self.name) for _ in posts]


posts = st.lists(
    st.builds(
        post,
        st.sampled_from(["a-1", "b-2", "c-3"]),
        st.sampled_from(WORDS),
        st.sampled_from(["", "press"]),
        st.sampled_from(["", "a-1"]),
    ),
    min_size=2,
    max_size=9,
)


class Heard:
    """A workspace that takes posts in by calls."""

    def __init__(self, database: Database) -> None:
        self.name = f"edits-{next(fresh)}"
        self.store = database
        self.listen = Listen(database, Walking(), Calm)
        self.watches = {
            self.listen.watch(self.name, Watch(brand, query)).id: brand
            for brand, query in WATCHES.items()
        }
        self.counted = (0, 0, 0)

    def take(self, some: Sequence[Post], by: str = "accept") -> None:
        if by == "lines":
            done = self.listen.accept_lines(self.name, [msgspec.json.encode(one) for one in some])
        elif by == "about":
            [veyra] = [watch for watch, brand in self.watches.items() if brand == "Veyra"]
            done = self.listen.accept_about(self.name, some, veyra)
        else:
            done = self.listen.accept(self.name, some)
        accepted, matched, duplicates = self.counted
        self.counted = (
            accepted + done.accepted,
            matched + done.matched,
            duplicates + done.duplicates,
        )

    def kept(self) -> list[tuple[str, str, str, tuple[str, ...], str]]:
        """In the order of the logs: brand, native id, words, marks, the id of its original."""
        with self.store.reading() as tx:
            found = tx.listen.search(MentionSearch(self.name, limit=1_000))
            for watch in self.watches:
                found += tx.listen.search(MentionSearch(self.name, watch=watch, limit=1_000))
            by_id = {m.id: m for m in found}
            rows = [
                (brand, by_id[row.source.mention], row.source.copy_of)
                for watch, brand in self.watches.items()
                for _, row in self.listen.rows(tx, watch, 0, 1_000)
                if isinstance(row, MentionRow)
            ]
        assert len(rows) == len(by_id)
        return [
            (brand, m.post.id, m.post.words, m.marks, by_id[copy].post.id if copy else "")
            for brand, m, copy in rows
        ]


@SOME
@given(posts, st.data(), st.sampled_from(["accept", "lines", "about"]))
@example([post("a-1", MILD), post("a-1", GRAVE)], None, "accept")
@example(
    [post("a-1", "veyra!"), post("a-1", "veyra!"), post("b-2", MILD, "", "a-1")], None, "lines"
)
def test_any_cut_of_posts_into_calls_keeps_the_same(
    database: Database, some: list[Post], data: st.DataObject | None, by: str
) -> None:
    places = st.lists(st.integers(1, len(some) - 1), max_size=4)
    cuts = data.draw(places) if data else range(1, len(some))
    whole, cut = Heard(database), Heard(database)
    whole.take(some, by)
    for begin, end in pairwise(sorted({0, *cuts, len(some)})):
        cut.take(some[begin:end], by)
    assert cut.kept() == whole.kept()
    assert cut.counted == whole.counted


@SOME
@given(posts, st.integers(1, 4))
def test_a_replay_of_the_same_posts_counts_what_the_server_counts(
    database: Database, some: list[Post], at_once: int
) -> None:
    heard = Heard(database)
    heard.take(some)
    queries = {brand: parse(query, use="watch") for brand, query in WATCHES.items()}
    run = Replay({brand: Settings() for brand in WATCHES}, Matcher(queries), Calm())
    for begin in range(0, len(some), at_once):
        run.feed(some[begin : begin + at_once])
    run.end()
    _, matched, duplicates = heard.counted
    assert (run.counted.matched, run.counted.duplicates) == (matched, duplicates)
    mentions = {brand: run.state(brand).mentions for brand in WATCHES}
    kept = [brand for brand, *_ in heard.kept()]
    assert mentions == {brand: kept.count(brand) for brand in WATCHES}


def test_words_changed_within_one_call_are_kept_marked_and_read_for_themselves(
    database: Database,
) -> None:
    heard = Heard(database)
    heard.take([post("a-1", MILD), post("a-1", GRAVE), post("a-1", GRAVE), post("a-1", MILD)])
    [first, then] = heard.kept()
    assert (first[2], first[3]) == (MILD, ())
    assert (then[2], then[3], then[4]) == (GRAVE, ("edited",), "")
    assert heard.counted == (2, 2, 2)


def test_who_passes_changed_words_on_repeats_these_and_not_the_first(database: Database) -> None:
    heard = Heard(database)
    heard.take([post("a-1", MILD), post("a-1", GRAVE), post("b-2", f"RT @anna: {GRAVE}")])
    [_, edit, copy] = heard.kept()
    assert copy[4] == edit[1]


def test_words_that_begin_to_match_are_new_and_going_back_and_forth_adds_nothing(
    database: Database,
) -> None:
    heard = Heard(database)
    plain = post("a-1", "Nothing of interest")
    for _ in range(3):
        heard.take([plain, post("a-1", MILD), plain, post("a-1", GRAVE), post("a-1", MILD)])
    assert [(marks, words) for _, _, words, marks, _ in heard.kept()] == [
        ((), MILD),
        (("edited",), GRAVE),
    ]


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_post_that_was_removed_on_request_comes_back_by_no_change(
    database: Database, at_once: int
) -> None:
    heard = Heard(database)
    heard.take([post("a-1", MILD)])
    with database.transaction() as tx:
        [mention] = tx.listen.search(MentionSearch(heard.name))
        assert erase(tx, heard.name, mention.id)
    changed = [post("a-1", GRAVE), post("a-1", "veyra!")]
    for begin in range(0, 2, at_once):
        heard.take(changed[begin : begin + at_once])
    assert heard.counted == (1, 1, 2)
