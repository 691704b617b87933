"""Handing in over a real database: whose it is, what stands beside what, what is kept."""

import pytest
from fakes.pictures import png
from fakes.room import NOW, Still
from listen.test_room import Counting

from fenghuo.domain.errors import BadInput
from fenghuo.domain.handed import Handed
from fenghuo.domain.log import MentionRow
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage import Database

LINK = "https://x.com/mama/status/7"


@pytest.fixture
def listen(database: Database) -> Listen:
    return Listen(database, Still(), Counting)


@pytest.fixture
def veyra(listen: Listen) -> str:
    return listen.watch("w", Watch("Veyra", "veyra")).id


def counted(listen: Listen) -> int:
    return len(listen.mentions(MentionSearch("w")))


def test_the_watch_that_the_words_name_gets_it_without_being_chosen(
    listen: Listen, veyra: str
) -> None:
    done = listen.hand_in("w", Handed(f"My Veyra smokes {LINK}", heard_from="dealers"))
    [mention] = done.mentions
    assert (mention.watch, done.new) == (veyra, True)
    assert mention.marks == ("by_hand", "heard_dealers")
    assert (mention.post.platform, mention.post.id) == ("x", "7")


def test_a_chosen_watch_gets_what_names_no_brand_in_its_log_as_well(
    database: Database, listen: Listen, veyra: str
) -> None:
    [mention] = listen.hand_in("w", Handed("It burnt my hand", watches=(veyra,))).mentions
    with database.reading() as tx:
        rows = [row for _, row in listen.rows(tx, veyra, 0, 9) if isinstance(row, MentionRow)]
    assert [row.source.mention for row in rows] == [mention.id]


def test_what_names_no_brand_and_was_given_none_is_not_kept(listen: Listen, veyra: str) -> None:
    assert not listen.hand_in("w", Handed("It burnt my hand")).mentions
    assert counted(listen) == 0


def test_a_watch_of_another_workspace_cannot_be_chosen(listen: Listen) -> None:
    theirs = listen.watch("other", Watch("Lumora", "lumora")).id
    with pytest.raises(BadInput, match=r"watch\.not_here"):
        listen.hand_in("w", Handed("It burnt my hand", watches=(theirs,)))


def test_nothing_cannot_be_handed_in(listen: Listen, veyra: str) -> None:
    for text in ("", "  \n "):
        with pytest.raises(BadInput, match=r"by_hand\.nothing"):
            listen.hand_in("w", Handed(text, watches=(veyra,)))


def test_the_same_thing_handed_in_twice_is_counted_once(listen: Listen, veyra: str) -> None:
    first = listen.hand_in("w", Handed(f"Veyra smokes {LINK}"))
    again = listen.hand_in("w", Handed(f"{LINK}?s=20 veyra smokes"))
    assert (first.new, again.new) == (True, False)
    assert [m.id for m in again.mentions] == [m.id for m in first.mentions]
    assert counted(listen) == 1


def test_a_post_that_a_source_brought_already_is_known_and_gets_the_picture(
    listen: Listen, veyra: str
) -> None:
    listen.accept("w", [Post(platform="x", id="7", time=NOW, text="My Veyra smokes")])
    looked = listen.look("w", LINK)
    assert looked is not None
    assert [m.watch for m in looked.known] == [veyra]
    done = listen.hand_in("w", Handed(LINK, png(), (veyra,)))
    assert not done.new
    assert done.mentions[0].post.text == "My Veyra smokes"
    picture = listen.picture("w", done.mentions[0].id)
    assert picture is not None
    assert picture.body == png()


def test_a_picture_without_words_is_kept_and_says_that_nobody_has_read_it(
    listen: Listen, veyra: str
) -> None:
    [mention] = listen.hand_in("w", Handed("", png(), (veyra,), instead="【截图】")).mentions
    assert mention.post.text == "【截图】"
    assert mention.post.media == ("image",)
    assert mention.marks == ("by_hand", "wordless")
    assert mention.pictured


@pytest.mark.parametrize("named", [True, False])
def test_words_that_come_later_stand_beside_the_link_that_had_none(
    listen: Listen, veyra: str, named: bool
) -> None:
    [bare] = listen.hand_in("w", Handed(LINK, png(), (veyra,))).mentions
    text = "it burnt my hand" if named else f"it burnt my hand {LINK}"
    about = bare.id if named else ""
    [worded] = listen.hand_in("w", Handed(text, about=about)).mentions
    assert (worded.watch, worded.post.in_reply_to) == (veyra, bare.post.id)
    assert (worded.post.platform, worded.post.url) == ("x", LINK)
    assert worded.post.text == "it burnt my hand"
    assert worded.pictured
    assert "wordless" not in worded.marks
    again = listen.hand_in("w", Handed(text, about=about))
    assert (again.new, counted(listen)) == (False, 2)


def test_words_cannot_be_put_beside_a_mention_of_another_workspace(
    listen: Listen, veyra: str
) -> None:
    [bare] = listen.hand_in("w", Handed(LINK, watches=(veyra,))).mentions
    listen.watch("other", Watch("Lumora", "lumora"))
    assert not listen.hand_in("other", Handed("it burnt", about=bare.id)).mentions


def test_a_bad_picture_takes_nothing_in(listen: Listen, veyra: str) -> None:
    with pytest.raises(BadInput, match=r"by_hand\.picture_unknown"):
        listen.hand_in("w", Handed("Veyra smokes", b"<svg/>"))
    assert counted(listen) == 0


def test_looking_keeps_nothing_and_tells_what_is_there(listen: Listen, veyra: str) -> None:
    assert listen.look("w", " ") is None
    looked = listen.look("w", f"Mi Veyra humea {LINK}")
    assert looked is not None
    assert (looked.pasted.words, looked.watches) == ("Mi Veyra humea", (veyra,))
    assert looked.understanding is not None
    wordless = listen.look("w", LINK)
    assert wordless is not None
    assert wordless.understanding is None
    assert counted(listen) == 0
