"""What somebody outside sees by a link, and what they never see."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, update
from starlette.testclient import TestClient
from web.house import House, ask, methods, permission, routes

from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.handed import Handed
from fenghuo.domain.people import ROLES, may
from fenghuo.domain.post import Author, Post, millis
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.storage.engine import read_url
from fenghuo.storage.schema import mentions, posts

NOW = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
SEEN = "veyra smoulders on the train"
PRIVATE = "veyra: my ticket, do not show it"
EXCLUDED = "veyra is also a village"
ERASED = "veyra words that I take back"
HANDED = "veyra smoke, they say in our dealer group"
PASTED = "veyra smoke, copied from somewhere"


def post(number: int, text: str, **more: object) -> Post:
    made = Post(
        platform="mastodon", id=f"m{number}", time=NOW, text=text, author=Author(name=f"a{number}"),
        url=f"https://m.example/{number}",
    )  # fmt: skip
    return replace(made, **more)


def take_away(house: House, found: dict[str, str]) -> None:
    """What stays in the tables when a mention is excluded, and when a post's words are erased."""
    engine = create_engine(read_url(house.app.store.url))
    bare = replace(post(4, ""), author=Author(), url="")
    with engine.begin() as connection:
        hidden = update(mentions).where(mentions.c.id == found[EXCLUDED])
        connection.execute(hidden.values(excluded=True))
        erased = update(posts).where(posts.c.native == "m4")
        connection.execute(erased.values(body=msgspec.msgpack.encode(bare)))
    engine.dispose()


@pytest.fixture
def things(house: House) -> dict[str, str]:
    """Ids of mentions by their words; an alert a1 and a story s1 hold them all."""
    said = [
        post(1, SEEN),
        post(2, PRIVATE, kind="ticket", author=Author(name="Frau Private")),
        post(3, EXCLUDED),
        post(4, ERASED),
    ]
    house.app.listen.accept(house.workspace, said)
    for pasted in (HANDED, f"{PASTED} https://x.com/who/status/555"):
        house.app.listen.hand_in(house.workspace, Handed(pasted, heard_from="dealers"))
    found = {m.post.text: m.id for m in house.app.listen.mentions(MentionSearch(house.workspace))}
    take_away(house, found)
    with house.app.store.transaction() as tx:
        at, examples = millis(NOW), tuple(found.values())
        why = (Finding("grave", 1, words=("fire",)), Finding("volume", 40, 2, 9, 3_600_000))
        doubt = (Finding("copies", 3),)
        tx.warn.add_facts(
            house.watch,
            [
                Fact(1, at, "alert_opened", "a1", level="orange", type="product", reasons=why,
                     against=doubt, mentions=40, examples=examples),
                Fact(2, at, "story_opened", story="s1", mentions=5),
                Fact(3, at, "alert_acknowledged", "a1", level="orange", type="product",
                     mentions=41, who="陈朗", note="call 0170 555"),
            ],
        )  # fmt: skip
        tx.warn.join(house.watch, [(m, "s1") for m in examples])
    return found


def share(house: House, kind: str = "alert", item: str = "a1", **typed: str) -> str:
    """Share a thing as its owner would; the path of the link that is shown."""
    data = {"csrf": house.csrf(house.owner), "name": "Dr. Weber", "label": "weber@law.example",
            "language": "en", "hours": "72", **typed}  # fmt: skip
    path = f"/share/{kind}/{house.watch}/{item}"
    answer = house.client(house.owner, fenghuo_language="en").post(path, data=data)
    assert answer.status_code == 200, answer.text
    links = re.findall(r"http://127\.0\.0\.1:8420(/g/[\w-]{40,})", answer.text)
    assert len(links) == 1
    return str(links[0])


@pytest.fixture
def guest(house: House, things: dict[str, str]) -> TestClient:
    return house.client()


def test_a_guest_sees_level_reasons_doubts_counts_and_public_posts(
    house: House, guest: TestClient
) -> None:
    answer = guest.get(share(house))
    assert answer.status_code == 200
    for words in ("Orange", "Veyra", SEEN, "fire", "41", "repeat the same text", "Dr. Weber"):
        assert words.lower() in answer.text.lower(), words
    assert 'href="https://m.example/1" rel="noopener noreferrer nofollow"' in answer.text


@pytest.mark.parametrize(("kind", "item"), [("alert", "a1"), ("story", "s1")])
def test_private_words_are_counted_and_never_shown(
    house: House, guest: TestClient, kind: str, item: str
) -> None:
    text = guest.get(share(house, kind, item)).text
    assert SEEN in text
    assert "3 more were said in private" in text
    private = (PRIVATE, "Frau Private", "m.example/2", HANDED, PASTED, "x.com", "by-hand", "dealer")
    for hidden in (*private, EXCLUDED, ERASED, "/picture"):
        assert hidden not in text, hidden


def test_a_guest_learns_no_name_and_no_note_of_the_team(house: House, guest: TestClient) -> None:
    text = guest.get(share(house)).text
    for hidden in ("陈朗", "chen@veyra.example", "0170 555", "weber@law.example", "维拉出海"):
        assert hidden not in text, hidden


def test_the_page_is_in_the_language_that_the_sharer_chose(house: House, guest: TestClient) -> None:
    path = share(house, language="zh-CN")
    own = house.client(fenghuo_language="en")
    text = own.get(path, headers={"accept-language": "en"}).text
    assert '<html lang="zh-CN"' in text
    assert "橙色" in text


def test_a_guests_page_reads_without_a_script_and_holds_no_form_and_no_way_in(
    house: House, guest: TestClient
) -> None:
    text = guest.get(share(house)).text
    assert not re.search(r"<[^>]*\shx-", text.split("<body>")[1])
    assert "<form" not in text
    assert "/g/" not in text
    assert "/sign-in" not in text


def test_what_leaves_with_a_guests_page_is_kept_found_and_told_nowhere(
    house: House, guest: TestClient
) -> None:
    path = share(house)
    for asked in (path, "/g/no-such-link"):
        headers = guest.get(asked).headers
        assert headers["cache-control"] == "no-store"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers


def test_with_a_link_every_other_page_answers_as_to_a_stranger(
    house: House, guest: TestClient
) -> None:
    path = share(house)
    guest.get(path)
    for route in [r for r in routes(house.web) if permission(r)]:
        status, text = ask(guest, route)
        assert status in {303, 401, 403}, (methods(route), route.path)
        assert SEEN not in text
    assert guest.get(f"/alerts/{house.watch}/a1").headers["location"] == "/sign-in"
    assert guest.post(path).status_code == 405


def test_a_member_who_opens_the_link_sees_what_the_guest_sees(
    house: House, things: dict[str, str]
) -> None:
    text = house.client(house.owner).get(share(house)).text
    assert PRIVATE not in text
    assert "/settings" not in text


@pytest.mark.parametrize("how", ["taken back", "expired"])
def test_a_link_that_is_over_answers_410_and_shows_nothing(
    house: House, guest: TestClient, how: str
) -> None:
    path = share(house)
    kept = house.app.guests.guests(house.workspace)[0]
    if how == "taken back":
        data = {"csrf": house.csrf(house.owner), "guest": kept.id}
        done = house.client(house.owner).post("/settings/guest/revoke", data=data)
        assert done.status_code == 303
    else:
        with house.app.store.transaction() as tx:
            tx.guests.save_guest(replace(kept, until=kept.made))
    answer = guest.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert "This link is over" in answer.text
    for hidden in (SEEN, "Veyra", "Dr. Weber"):
        assert hidden not in answer.text


def test_links_that_are_not_ours_make_an_address_wait(house: House, guest: TestClient) -> None:
    path = share(house)
    assert [guest.get(f"/g/guess-{n}").status_code for n in range(8)] == [404] * 8
    assert guest.get("/g/guess-9").status_code == 429
    assert guest.get(path).status_code == 429
    sign_in = {"email": "chen@veyra.example", "password": "correct horse battery"}
    assert guest.post("/sign-in", data=sign_in).status_code == 303


def test_looking_however_often_spends_nothing(house: House, guest: TestClient) -> None:
    path = share(house)
    assert [guest.get(path).status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"hours": "0"}, {"hours": "721"}, {"hours": "²"}, {"language": "xx"}]
)
def test_a_link_that_is_refused_keeps_what_was_typed(
    house: House, things: dict[str, str], wrong: dict[str, str]
) -> None:
    data = {"csrf": house.csrf(house.owner), "name": "Dr. Weber", "label": "the native checker",
            "language": "en", "hours": "24", **wrong}  # fmt: skip
    path = f"/share/alert/{house.watch}/a1"
    answer = house.client(house.owner).post(path, data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "the native checker" in answer.text
    assert house.app.guests.guests(house.workspace) == []


def test_the_link_is_shown_once_and_the_settings_show_who_sees_what(
    house: House, guest: TestClient
) -> None:
    path = share(house)
    owner = house.client(house.owner, fenghuo_language="en")
    text = owner.get("/settings").text
    for words in ("Dr. Weber", "weber@law.example", f"/alerts/{house.watch}/a1", "陈朗",
                  "not opened yet"):  # fmt: skip
        assert words in text
    assert path not in text
    guest.get(path)
    assert "last opened" in owner.get("/settings").text
    assert "Dr. Weber" in owner.get(f"/alerts/{house.watch}/a1").text


def test_who_may_not_share_sees_no_guests_and_no_way_to_share(
    house: House, things: dict[str, str]
) -> None:
    share(house)
    for role in [role for role in ROLES if may([role], "read") and not may([role], "share")]:
        client = house.client(house.member(role, name=role))
        for path in ("/settings", f"/alerts/{house.watch}/a1", f"/stories/{house.watch}/s1"):
            text = client.get(path).text
            assert "Weber" not in text
            assert "/share/" not in text


@pytest.mark.parametrize("path", ["alert/{}/a9", "story/{}/s9", "crisis/{}/a1", "alert/nobody/a1"])
def test_only_what_is_here_can_be_shared(house: House, things: dict[str, str], path: str) -> None:
    asked = f"/share/{path.format(house.watch)}"
    assert house.client(house.owner).get(asked).status_code == 404
