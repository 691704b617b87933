"""Named lists over a real database: kept, used by watches and searches, held to who uses them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from fakes.room import NOW, Still, Unasked

from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.post import Author, Post
from fenghuo.domain.watch import Competitor, Watch
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen import Listen, Lists, Sources, cautions_of, read_entries
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database


def listen_of(database: Database) -> Listen:
    return Listen(database, Still(), Unasked)


def post(name: str, text: str, author: str = "") -> Post:
    at = NOW - timedelta(minutes=5)
    return Post(platform="x", id=name, time=at, text=text, author=Author(author, author))


def refused(do: Callable[[], object], key: str) -> str:
    """The sentence of what is refused, in English; both languages are whole."""
    with pytest.raises(BadInput) as caught:
        do()
    assert caught.value.key == key
    chinese, english = (explain(caught.value, language) for language in LANGUAGES)
    assert "{" not in chinese + english
    return english


def test_a_watch_hears_by_its_list_and_by_what_it_becomes(database: Database) -> None:
    listen, lists = listen_of(database), Lists(database, Still())
    lists.make("w", "Hazards", ["smoke"])
    watch = listen.watch("w", Watch("Veyra", "veyra @list(hazards)")).id
    first = [post("1", "Veyra smoke"), post("2", "Veyra sparks")]
    assert listen.accept("w", first).matched == 1
    lists.change("w", "hazards", ["smoke", "sparks"])
    assert listen.accept("w", [post("3", "Veyra sparks again")]).matched == 1
    heard = listen.mentions(MentionSearch("w", watch))
    assert {m.post.id for m in heard} == {"1", "3"}


def test_another_process_hears_by_a_changed_list_too(database: Database) -> None:
    here, there, lists = listen_of(database), listen_of(database), Lists(database, Still())
    lists.make("w", "press", ["Reuters"])
    here.watch("w", Watch("Veyra", "veyra author:@list(press)"))
    assert there.accept("w", [post("1", "Veyra", "AFP")]).matched == 0
    lists.change("w", "press", ["Reuters", "AFP"])
    assert there.accept("w", [post("2", "Veyra", "AFP")]).matched == 1


def test_lists_of_another_workspace_are_not_known(database: Database) -> None:
    listen, lists = listen_of(database), Lists(database, Still())
    lists.make("theirs", "press", ["Reuters"])
    watch = Watch("Veyra", "veyra @list(press)")
    assert "press" in refused(lambda: listen.watch("ours", watch), "query.list_none")
    assert lists.overview("ours") == []
    with pytest.raises(Missing):
        lists.change("ours", "press", ["AFP"])
    with pytest.raises(Missing):
        lists.remove("ours", "press")
    assert lists.terms("theirs") == {"press": ("Reuters",)}


def test_a_list_that_a_watch_or_its_competitor_uses_is_not_removed(database: Database) -> None:
    listen, lists = listen_of(database), Lists(database, Still())
    for name in ("press", "hazards", "idle"):
        lists.make("w", name, ["one", "other"])
    rival = Competitor("Nuvolt", "nuvolt @list(hazards)")
    made = listen.watch("w", Watch("Veyra", "veyra @list(press)", competitors=(rival,)))
    uses = {use.named.name: [w.watch.brand for w in use.watches] for use in lists.overview("w")}
    assert uses == {"press": ["Veyra"], "hazards": ["Veyra"], "idle": []}
    assert [named.name for named in lists.used_by("w", made.id)] == ["hazards", "press"]
    for name in ("press", "hazards"):
        assert "Veyra" in refused(partial(lists.remove, "w", name), "lists.in_use")
    listen.pause("w", made.id, active=False)
    refused(lambda: lists.remove("w", "press"), "lists.in_use")
    listen.watch("w", Watch("Veyra", "veyra"), made.id)
    for name in ("press", "hazards", "idle"):
        lists.remove("w", name)
    assert lists.overview("w") == []
    assert listen.accept("w", [post("1", "Veyra")]).matched == 0


def test_entries_that_would_make_a_watch_unreadable_are_refused(database: Database) -> None:
    listen, lists = listen_of(database), Lists(database, Still())
    lists.make("w", "tongues", ["de"])
    listen.watch("w", Watch("Veyra", "veyra lang:@list(tongues)"))
    told = refused(lambda: lists.change("w", "tongues", ["de", "German"]), "lists.breaks_watch")
    assert "Veyra" in told
    assert "German".lower() in told.lower()
    assert lists.terms("w") == {"tongues": ("de",)}
    assert listen.accept("w", [post("1", "Veyra")]).accepted == 1


def test_what_is_wrong_with_a_list_points_at_the_line(database: Database) -> None:
    lists = Lists(database, Still())
    wrong = [
        (["fire", "", "ab*"], "lists.entry_wrong", "Line 3, “ab*”"),
        (["a OR b"], "lists.entry_wrong", '"a OR b"'),
        (["@list(press)"], "lists.entry_wrong", "Line 1"),
        (["x" * 201], "lists.entry_long", "200"),
        (["", "  ", "\x00"], "lists.empty", "at least one"),
        ([f"word{n}" for n in range(1001)], "lists.entries_many", "1000"),
    ]
    for lines, key, part in wrong:
        assert part in refused(partial(lists.make, "w", "press", lines), key)
    for name in ("", "two words", "a(b)", "-x", "n" * 41, "@list(x)"):
        refused(partial(lists.make, "w", name, ["x"]), "lists.name_wrong")
    lists.make("w", "press", ["x"])
    refused(lambda: lists.make("w", "PRESS", ["y"]), "lists.exists")
    assert lists.terms("w") == {"press": ("x",)}


def test_a_workspace_has_a_bounded_number_of_lists(database: Database) -> None:
    lists = Lists(database, Still())
    for number in range(200):
        lists.make("w", f"l{number}", ["x"])
    refused(lambda: lists.make("w", "more", ["x"]), "lists.many")


def test_an_entry_stands_once_and_without_what_nobody_sees() -> None:
    lines = [" Reuters ", "reuters", "BBC\x00 News\t", "BBC  News", "\ufeffAFP"]
    assert read_entries(lines) == ("Reuters", "BBC News", "AFP")


def test_changes_of_lists_are_recorded_with_what_came_and_went(database: Database) -> None:
    lists = Lists(database, Still())
    lists.make("w", "press", ["Reuters", "AFP"], "p-li")
    lists.change("w", "press", ["AFP", "BBC"], "p-chen")
    lists.change("w", "press", ["AFP", "BBC"], "p-chen")
    lists.remove("w", "press", "p-chen")
    with database.reading() as tx:
        found = tx.changes.latest("w")
    told = [(c.fact, c.what["who"], c.what["added"], c.what["gone"]) for c in reversed(found)]
    assert told == [
        ("list_made", "p-li", ["Reuters", "AFP"], []),
        ("list_changed", "p-chen", ["BBC"], ["Reuters"]),
        ("list_removed", "p-chen", [], ["AFP", "BBC"]),
    ]


def test_search_and_preview_read_the_lists_of_their_workspace(database: Database) -> None:
    listen, lists = listen_of(database), Lists(database, Still())
    listen.watch("w", Watch("Veyra", "veyra"))
    listen.accept("w", [post("1", "Veyra caught fire", "Reuters"), post("2", "Veyra is fine")])
    lists.make("w", "many", [*(f"word{n}" for n in range(998)), "caught fire", "煤气"])
    lists.make("w", "press", ["@reuters"])
    for query in ("@list(many)", "veyra author:@list(press)", "veyra NEAR/1 @list(many)"):
        found, _ = listen.find(MentionSearch("w"), query)
        assert [m.post.id for m in found] == ["1"], query
    sources = Sources(database, Still(), listen)
    assert sources.would_hit("w", "veyra @list(many)")[0][1].hits == 1
    told = refused(lambda: listen.find(MentionSearch("w"), "@list(prss)"), "query.list_unknown")
    assert "@list(press)" in told


def test_what_is_worth_knowing_of_entries_is_told_by_kind(database: Database) -> None:
    named = Lists(database, Still()).make("w", "odd", ["H&M", "the", "安克", "#NuvoltFail", "fine"])
    assert cautions_of(named) == {
        "lists.know_symbols_dropped": ["H&M"],
        "lists.know_very_common": ["the"],
        "lists.know_inside_words": ["安克"],
        "lists.know_camel_tag": ["#NuvoltFail"],
    }
