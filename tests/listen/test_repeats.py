"""Copies across processes, over a real database: each process has a face of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fakes.room import NOW, Still, Unasked

from fenghuo.domain.errors import OurMove
from fenghuo.domain.post import Post
from fenghuo.domain.watch import Watch
from fenghuo.listen import Listen, repeats
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.understands import Understands
from fenghuo.storage import Database

WORDS = "My Veyra power bank got so hot that it burnt a hole into the sofa"
OTHER = "Veyra opens a shop in Lyon next month and everybody is invited to come"


def process(database: Database) -> Listen:
    model: Understands = Unasked()
    return Listen(database, Still(), lambda: model)


def post(name: str, text: str, repost_of: str = "") -> Post:
    at = NOW - timedelta(minutes=5)
    return Post(platform="x", id=name, time=at, text=text, repost_of=repost_of)


def originals(listen: Listen) -> dict[str, str]:
    """The native id of the original of each post, "" for one that repeats none."""
    found = listen.mentions(MentionSearch("w"))
    names = {m.id: m.post.id for m in found}
    return {m.post.id: names.get(m.copy_of, "") for m in found}


def test_a_process_recognises_what_another_took_in_before_and_since(database: Database) -> None:
    web, readers = process(database), process(database)
    web.watch("w", Watch("Veyra", "veyra"))
    web.accept("w", [post("1", WORDS)])
    readers.accept("w", [post("2", WORDS + "!"), post("3", OTHER)])
    web.accept("w", [post("4", OTHER + "!"), post("5", "veyra, look", repost_of="3")])
    readers.accept("w", [post("6", WORDS + " !!")])
    assert originals(web) == {"1": "", "2": "1", "3": "", "4": "3", "5": "3", "6": "1"}


@pytest.mark.parametrize("error", [OurMove("storage.busy"), ValueError("a bug")], ids=repr)
def test_what_a_failed_transaction_held_is_no_original(
    database: Database, error: Exception
) -> None:
    def fail(*_: object) -> int:
        raise error

    listen = process(database)
    listen.watch("w", Watch("Veyra", "veyra"))
    listen.accept("w", [post("0", OTHER)])
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("fenghuo.listen.room.append", fail)
        with pytest.raises(type(error)):
            listen.accept("w", [post("1", WORDS)])
    listen.accept("w", [post("2", WORDS)])
    assert originals(listen) == {"0": "", "2": ""}


def test_a_watch_that_was_forgotten_for_want_of_room_is_recalled(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "AT_MOST", 1)
    listen = process(database)
    listen.watch("w", Watch("Veyra", "veyra"))
    listen.watch("w", Watch("Lyon", "lyon"))
    listen.accept("w", [post("1", WORDS)])
    listen.accept("w", [post("2", "In Lyon the new shop of nobody in particular opens its doors")])
    listen.accept("w", [post("3", WORDS + "!")])
    assert originals(listen)["3"] == "1"


def test_threads_that_take_in_for_many_watches_recognise_the_copies_of_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "AT_MOST", 4)
    listen = process(database)
    places = [f"w{number}" for number in range(12)]
    for place in places:
        listen.watch(place, Watch("Veyra", "veyra"))

    def take(turn: int) -> None:
        for place in places:
            listen.accept(place, [post(f"{turn}", WORDS + "!" * turn)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(4)))
    for place in places:
        found = listen.mentions(MentionSearch(place))
        assert sum(not m.copy_of for m in found) == 1
        assert {m.copy_of for m in found if m.copy_of} <= {m.id for m in found}
