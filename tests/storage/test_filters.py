"""Pages of what a search finds: whole and in order, however they are looked for."""

from datetime import timedelta
from itertools import product

import msgspec
import pytest
from storage.rows import MINUTE, OURS, START, THEIRS, add, mention, post, understanding

from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import MentionSearch, StoredMention, StoredWatch
from fenghuo.ports.narrow import All, Any, Narrow, Token
from fenghuo.storage import Database, Transaction, filters

EVERY = Token("everywhere")
THIRD: Narrow = All((EVERY, Token("third")))
MOST: Narrow = Any((Token("third"), Token("even")))


@pytest.fixture(params=["walked", "listed"])
def found_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A word looked for among the newest, a few at a time, or listed whole and then sorted."""
    way = str(request.param)
    monkeypatch.setattr(filters, "RARE", 0 if way == "walked" else 1_000)
    monkeypatch.setattr(filters, "STRETCH", 2)
    return way


def fill(tx: Transaction) -> dict[str, list[StoredMention]]:
    """Mentions of two watches by word, newest first; their receipts run against their times."""
    many: dict[str, list[StoredMention]] = {"everywhere": [], "third": [], "even": []}
    for number in range(40):
        one = mention(post(str(number), 100 - number), "wv"[number % 5 == 0])
        named = {"everywhere": True, "third": number % 3 == 0, "even": number % 2 == 0}
        words = [word for word, holds in named.items() if holds]
        add(tx, one, tokens=" ".join(words))
        add(tx, mention(post(str(number)), "u", THEIRS), tokens=" ".join(words))
        for word in words:
            many[word].append(one)
    return many


def pages(tx: Transaction, search: MentionSearch) -> list[str]:
    """The ids of all pages of a search, one after the other."""
    seen: list[str] = []
    while page := tx.listen.search(search):
        assert len(page) <= search.limit
        seen += [m.id for m in page]
        last = page[-1]
        at = int(last.post.time.timestamp() * 1000)
        search = msgspec.structs.replace(search, before=(at, last.id))
    return seen


@pytest.mark.usefixtures("found_by")
def test_every_page_of_a_word_holds_what_has_it_and_nothing_else_in_order(
    database: Database,
) -> None:
    with database.transaction() as tx:
        held = fill(tx)
    both = [m for m in held["everywhere"] if m in held["third"] or m in held["even"]]
    wanted = ((EVERY, held["everywhere"]), (THIRD, held["third"]), (MOST, both))
    with database.reading() as tx:
        for (narrow, all_of_it), limit in product(wanted, (1, 7, 50)):
            search = MentionSearch(OURS, narrow=narrow, limit=limit)
            assert pages(tx, search) == [m.id for m in all_of_it]
            of_watch = msgspec.structs.replace(search, watch="v")
            assert pages(tx, of_watch) == [m.id for m in all_of_it if m.watch == "v"]


@pytest.mark.usefixtures("found_by")
def test_a_word_is_looked_for_within_the_other_filters(database: Database) -> None:
    with database.transaction() as tx:
        held = fill(tx)
        [first, second, *_] = held["third"]
        tx.listen.save_understandings({first.id: understanding(), second.id: understanding(0.1)})
    with database.reading() as tx:
        grave = MentionSearch(OURS, narrow=THIRD, sentiment="negative", grave=True)
        assert pages(tx, grave) == [first.id]
        late = int((second.post.time + timedelta(milliseconds=1)).timestamp() * 1000)
        older = MentionSearch(OURS, narrow=THIRD, until=late)
        assert pages(tx, older) == [m.id for m in held["third"][1:]]
        assert pages(tx, MentionSearch(OURS, narrow=Token("nowhere"))) == []
        assert pages(tx, MentionSearch(OURS, narrow=All(()), limit=7)) == [
            m.id for m in held["everywhere"]
        ]


def test_what_is_found_by_a_label_is_what_the_understanding_says(database: Database) -> None:
    one, other = mention(post("1")), mention(post("2"))
    with database.transaction() as tx:
        add(tx, one, other)
        assert tx.listen.search(MentionSearch(OURS, sentiment="negative")) == []
        tx.listen.save_understandings({one.id: understanding(lang="de", p_fire=0.9)})
        # Understood twice, the first word stands, in the labels too.
        tx.listen.save_understandings({one.id: understanding(0.1, lang="th")})
        for search in (
            MentionSearch(OURS, lang="de"),
            MentionSearch(OURS, sentiment="negative"),
            MentionSearch(OURS, grave=True),
        ):
            assert [m.id for m in tx.listen.search(search)] == [one.id]
        assert tx.listen.search(MentionSearch(OURS, lang="th")) == []


def test_a_workspace_shows_no_mention_of_a_competitor_unless_it_is_named(
    database: Database,
) -> None:
    ours, theirs = mention(post("1"), "w"), mention(post("2"), "r")
    with database.transaction() as tx:
        tx.listen.save_watch(StoredWatch("w", OURS, Watch("Veyra", "veyra")))
        tx.listen.save_watch(StoredWatch("r", OURS, Watch("Rival", "rival"), rival_of="w"))
        add(tx, ours, theirs, tokens="kettle")
        for narrow in (None, Token("kettle")):
            assert tx.listen.search(MentionSearch(OURS, narrow=narrow)) == [ours]
            assert tx.listen.search(MentionSearch(OURS, "r", narrow=narrow)) == [theirs]
        counted = tx.listen.volume(MentionSearch(OURS, since=START), MINUTE)
        assert sum(v.mentions for v in counted) == 1
