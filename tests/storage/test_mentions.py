"""Posts and mentions: taken in once, found, excluded, erased."""

from itertools import count

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage.rows import (
    MINUTE,
    OURS,
    START,
    THEIRS,
    add,
    erase,
    mention,
    post,
    posts,
    texts,
    understanding,
)

from fenghuo.domain.chain import digest
from fenghuo.domain.erased import erased_name
from fenghuo.domain.picture import Picture
from fenghuo.domain.post import Post, aware
from fenghuo.domain.watch import Competitor, KnownEvent, Watch
from fenghuo.ports.listen_store import MentionSearch, StoredMention, StoredWatch, Volume
from fenghuo.ports.narrow import Token
from fenghuo.storage import Database

fresh = count()
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_a_watch_comes_back_as_it_was_saved_and_rewritten(database: Database) -> None:
    events = (KnownEvent("launch", aware(START), aware(START + MINUTE)),)
    watch = Watch(
        "Acme 极光", "acme OR 极光", ("us",), (), (Competitor("Bolt", "bolt"),), "", "UTC"
    )
    first = StoredWatch("1", OURS, watch)
    second = StoredWatch("2", THEIRS, msgspec.structs.replace(watch, events=events))
    with database.transaction() as tx:
        for stored in (second, first):
            tx.listen.save_watch(stored)
        stopped = msgspec.structs.replace(first, active=False)
        tx.listen.save_watch(stopped)
        assert tx.listen.watches() == [stopped, second]
        assert tx.listen.watches(OURS) == [stopped]


def test_a_mention_comes_back_whole(database: Database) -> None:
    one = msgspec.structs.replace(mention(post("1")), copy_of="other", marks=("cleaned", "cut"))
    with database.transaction() as tx:
        add(tx, one)
    with database.reading() as tx:
        assert tx.listen.mention(OURS, one.id) == one
        assert tx.listen.mention(THEIRS, one.id) is None
        assert tx.listen.mention(OURS, "nobody") is None


@quick
@given(st.data())
def test_whatever_a_post_holds_comes_back_the_same(database: Database, data: st.DataObject) -> None:
    drawn: Post = data.draw(posts)
    marks = tuple(data.draw(st.lists(texts, max_size=2)))
    workspace = f"workspace {next(fresh)}"
    one = msgspec.structs.replace(mention(drawn, workspace=workspace), marks=marks)
    with database.transaction() as tx:
        assert add(tx, one) == {one.id}
        assert tx.listen.mention(workspace, one.id) == one
        known = tx.listen.known_posts(workspace, [(drawn.platform, drawn.id)])
    assert known == {(drawn.platform, drawn.id): digest(drawn.words.encode())}


def test_a_post_taken_in_twice_is_one_mention_even_under_a_new_id(database: Database) -> None:
    first = mention(post("1"))
    again = msgspec.structs.replace(first, id="another id", received=first.received + 1)
    with database.transaction() as tx:
        assert add(tx, first, again, tokens="kettle") == {first.id}
    with database.transaction() as tx:
        assert add(tx, again, first, tokens="other") == set()
        assert tx.listen.search(MentionSearch(OURS)) == [first]
        assert tx.listen.search(MentionSearch(OURS, narrow=Token("kettle"))) == [first]
        assert tx.listen.awaiting() == 1


def test_the_same_id_with_other_text_leaves_the_first_text_and_shows_by_its_digest(
    database: Database,
) -> None:
    first, changed = post("1"), msgspec.structs.replace(post("1"), text="edited")
    with database.transaction() as tx:
        add(tx, mention(first))
        add(tx, mention(changed, watch="v"))
        known = tx.listen.known_posts(OURS, [("x", "1"), ("x", "2")])
        assert known == {("x", "1"): digest(first.words.encode())}
        assert [m.post for m in tx.listen.search(MentionSearch(OURS))] == [first, first]


def test_two_watches_and_two_workspaces_each_have_their_own_mention_of_a_post(
    database: Database,
) -> None:
    ours = [mention(post("1"), "w"), mention(post("1"), "v")]
    theirs = mention(post("1"), "u", THEIRS)
    with database.transaction() as tx:
        assert len(add(tx, *ours, theirs)) == 3
        assert len(tx.listen.search(MentionSearch(OURS))) == 2
        assert tx.listen.search(MentionSearch(OURS, watch="v")) == [ours[1]]
        assert tx.listen.search(MentionSearch(THEIRS)) == [theirs]
        assert tx.listen.search(MentionSearch(THEIRS, watch="w")) == []


def test_more_mentions_than_one_statement_holds_are_all_stored(database: Database) -> None:
    many = [mention(post(str(number), number)) for number in range(2_300)]
    with database.transaction() as tx:
        assert len(add(tx, *many)) == len(many)
        keys = [("x", str(number)) for number in range(2_300)]
        assert len(tx.listen.known_posts(OURS, keys)) == len(many)
        found = tx.listen.mentions(OURS, [m.id for m in reversed(many)])
        assert found == list(reversed(many))
        assert tx.listen.mentions(THEIRS, [many[0].id]) == []
        assert len(tx.listen.without_understanding([m.id for m in many])) == len(many)


def test_pages_go_on_where_the_last_one_ended_also_within_one_moment(database: Database) -> None:
    many = [mention(post(str(number), number // 4)) for number in range(17)]
    with database.transaction() as tx:
        add(tx, *many)
    seen: list[StoredMention] = []
    with database.reading() as tx:
        page = tx.listen.search(MentionSearch(OURS, limit=5))
        while page:
            seen += page
            last = page[-1]
            at = int(last.post.time.timestamp() * 1000)
            page = tx.listen.search(MentionSearch(OURS, limit=5, before=(at, last.id)))
    assert [m.id for m in seen] == [
        m.id for m in sorted(many, key=lambda m: (m.post.time, m.id), reverse=True)
    ]


def test_every_filter_keeps_what_it_names_and_nothing_else(database: Database) -> None:
    here = mention(post("1", 1, "x", country="us"))
    there = mention(post("2", 2, "mastodon", country="de"))
    with database.transaction() as tx:
        add(tx, here, there)
        tx.listen.save_understanding(here.id, understanding())
        tx.warn.join("w", [(here.id, "s1"), (there.id, "s2")])
    asked = (
        MentionSearch(OURS, platform="x"),
        MentionSearch(OURS, country="us"),
        MentionSearch(OURS, lang="en"),
        MentionSearch(OURS, sentiment="negative"),
        MentionSearch(OURS, crisis_type="product"),
        MentionSearch(OURS, grave=True),
        MentionSearch(OURS, story="s1"),
        MentionSearch(OURS, story="s1", watch="w"),
        MentionSearch(OURS, until=START + 2 * MINUTE),
    )
    with database.reading() as tx:
        for search in asked:
            assert [m.id for m in tx.listen.search(search)] == [here.id], search
        after = MentionSearch(OURS, since=START + 2 * MINUTE)
        assert [m.id for m in tx.listen.search(after)] == [there.id]
        assert tx.listen.search(MentionSearch(OURS, watch="v", story="s1")) == []


def test_a_post_from_the_future_stands_at_its_receipt(database: Database) -> None:
    late = mention(post("1", minute=100_000))
    with database.transaction() as tx:
        add(tx, late)
        just_before = MentionSearch(OURS, until=late.received)
        assert tx.listen.search(just_before) == []
        assert len(tx.listen.search(MentionSearch(OURS, since=late.received))) == 1


def test_counts_over_time_tell_platform_country_and_tone_apart(database: Database) -> None:
    many = [mention(post(str(n), n, country="us" if n < 2 else "de")) for n in range(4)]
    with database.transaction() as tx:
        add(tx, *many)
        tx.listen.save_understanding(many[0].id, understanding())
        tx.erasure.set_excluded(many[3].id, excluded=True)
        found = tx.listen.volume(MentionSearch(OURS), 2 * MINUTE)
    begin = START // (2 * MINUTE) * 2 * MINUTE
    assert sum(v.mentions for v in found) == 3
    assert Volume(begin, "x", "us", "negative", 1) in found
    assert {v.sentiment for v in found} == {"", "negative"}
    assert [v.at for v in found] == sorted(v.at for v in found)


def test_an_excluded_mention_is_hidden_until_it_is_taken_back(database: Database) -> None:
    one = mention(post("1"))
    with database.transaction() as tx:
        add(tx, one)
        assert tx.erasure.mention(THEIRS, one.id) is None
        tx.erasure.set_excluded(one.id, excluded=True)
        assert tx.listen.awaiting() == 0
        assert tx.listen.search(MentionSearch(OURS)) == []
        shown = tx.listen.search(MentionSearch(OURS, with_excluded=True))
        assert [m.excluded for m in shown] == [True]
        tx.erasure.set_excluded(one.id, excluded=False)
        assert tx.listen.awaiting() == 1
        assert tx.listen.search(MentionSearch(OURS)) == [one]


def test_an_erased_post_loses_its_words_everywhere_and_is_still_known(database: Database) -> None:
    whole = post("1", country="us")
    ours = [mention(whole, "w"), mention(whole, "v")]
    theirs = mention(whole, "u", THEIRS)
    with database.transaction() as tx:
        add(tx, *ours, theirs, tokens="kettle")
        tx.listen.save_understanding(ours[0].id, understanding())
        assert not erase(tx, THEIRS, ours[0].id)
        assert erase(tx, OURS, ours[0].id)
    with database.transaction() as tx:
        for left in tx.listen.mentions(OURS, [m.id for m in ours]):
            assert "erased" in left.marks
            assert left.post == Post(
                platform="x",
                id=erased_name(OURS, "x", "1"),
                time=whole.time,
                text="",
                country="us",
                metrics=whole.metrics,
            )
        assert tx.listen.search(MentionSearch(OURS, narrow=Token("kettle"))) == []
        assert tx.listen.known_posts(OURS, [("x", "1")]) == {}
        assert add(tx, *ours) == set()
        assert tx.listen.search(MentionSearch(THEIRS, narrow=Token("kettle"))) == [theirs]


def test_erasing_takes_quotes_and_vector_from_the_understanding_and_keeps_its_numbers(
    database: Database,
) -> None:
    one, waiting = mention(post("1"), "w"), mention(post("1"), "v")
    with database.transaction() as tx:
        add(tx, one, waiting)
        tx.listen.save_understanding(one.id, understanding())
        erase(tx, OURS, one.id)
        known = tx.listen.understandings([one.id])[one.id]
        assert (known.vector, known.why, known.cues[0].words) == (b"", (), ())
        assert known.sentiment == understanding().sentiment
        # A worker that had read the text before it was erased brings nothing back.
        assert tx.listen.save_understandings({waiting.id: understanding()}) == set()
        assert tx.listen.awaiting() == 0


def test_a_picture_belongs_to_its_mention_and_workspace_and_the_first_one_stays(
    database: Database,
) -> None:
    one, other = mention(post("1")), mention(post("2"))
    with database.transaction() as tx:
        add(tx, one, other)
        tx.listen.add_picture(OURS, one.id, Picture("png", b"first"))
        tx.listen.add_picture(OURS, one.id, Picture("jpeg", b"second"))
    with database.reading() as tx:
        assert tx.listen.picture(OURS, one.id) == Picture("png", b"first")
        assert tx.listen.picture(THEIRS, one.id) is None
        assert tx.listen.picture(OURS, other.id) is None
        found = {m.id: m.pictured for m in tx.listen.search(MentionSearch(OURS))}
    assert found == {one.id: True, other.id: False}


def test_the_picture_of_an_erased_post_is_gone_in_every_watch(database: Database) -> None:
    both = [mention(post("1"), watch) for watch in ("w", "v")]
    with database.transaction() as tx:
        add(tx, *both)
        for one in both:
            tx.listen.add_picture(OURS, one.id, Picture("png", b"a face"))
        assert erase(tx, OURS, both[0].id)
        assert [tx.listen.picture(OURS, one.id) for one in both] == [None, None]


def test_the_mentions_of_a_post_are_found_by_its_key_in_its_workspace_only(
    database: Database,
) -> None:
    ours = [mention(post("1"), watch) for watch in ("w", "v")]
    with database.transaction() as tx:
        add(tx, *ours, mention(post("1"), "u", THEIRS), mention(post("2")))
        found = tx.listen.mentions_of(OURS, "x", "1")
        assert sorted(m.id for m in found) == sorted(m.id for m in ours)
        assert tx.listen.mentions_of(OURS, "y", "1") == []
