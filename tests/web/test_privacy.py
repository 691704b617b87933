"""Privacy pages: a post said to be not about us, removal on request with a receipt, how long."""

import re
from datetime import UTC, datetime

import pytest
from web.house import House

from fenghuo.domain.post import Author, Post
from fenghuo.ports.listen_store import MentionSearch


def hear(house: House, number: int, author: str = "Alma Q") -> Post:
    now = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
    post = Post(
        platform="mastodon", id=f"https://m.example/p/{number}", time=now,
        text=f"Veyra kettle number{number} hums", author=Author(f"a-{author}", author),
        url=f"https://m.example/@alma/{number}",
    )  # fmt: skip
    house.app.listen.accept(house.workspace, [post])
    return post


def mention(house: House, post: Post) -> str:
    found = house.app.listen.mentions(MentionSearch(house.workspace, with_excluded=True))
    return next(m.id for m in found if m.post.text == post.text)


def test_a_post_is_said_to_be_not_about_us_from_the_list_and_taken_back(house: House) -> None:
    post = hear(house, 1)
    client = house.client(house.owner)
    path = f"/mentions/{mention(house, post)}/about"
    assert f'action="{path}"' in client.get("/mentions").text
    sent = {"csrf": house.csrf(house.owner), "then": "/mentions?q=kettle"}
    answer = client.post(path, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mentions?q=kettle")
    assert post.text not in client.get("/mentions").text
    shown = client.get("/mentions?excluded=1").text
    assert post.text in shown
    assert 'name="back" value="1"' in shown
    client.post(path, data={**sent, "back": "1", "then": "//elsewhere.example"})
    assert post.text in client.get("/mentions").text
    told = client.get("/settings/changes?kind=posts").text
    assert told.count("陈朗") >= 2


def test_a_form_leads_nowhere_else_than_into_our_pages(house: House) -> None:
    path = f"/mentions/{mention(house, hear(house, 1))}/about"
    for then in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        sent = {"csrf": house.csrf(house.owner), "then": then}
        answer = house.client(house.owner).post(path, data=sent)
        assert answer.headers["location"] == "/mentions"


def test_all_posts_of_an_author_are_looked_at_removed_and_receipted(house: House) -> None:
    posts = [hear(house, n) for n in (1, 2)] + [hear(house, 3, "Bruno")]
    legal = house.member("legal", name="li")
    client, sent = house.client(legal), {"csrf": house.csrf(legal)}
    asked = {**sent, "platform": "mastodon", "author": "@Alma Q"}
    look = client.post("/settings/privacy/look", data=asked).text
    assert posts[0].text in look
    assert posts[2].text not in look
    assert posts[0].text in client.get("/mentions").text
    done = client.post("/settings/privacy/remove", data=asked)
    assert done.status_code == 200
    number = re.search(r'role="status">.*?([0-9a-f]{16})', done.text, re.S)
    assert number
    assert number[1] in client.get("/settings/privacy").text
    everything = "".join(
        client.get(path).text
        for path in ("/mentions", "/mentions.csv", "/settings/privacy", "/settings/changes")
    )
    for word in ("number1", "number2", "Alma"):
        assert word not in everything
    assert posts[2].text in everything


def test_the_link_of_a_post_is_filled_in_from_its_menu(house: House) -> None:
    hear(house, 7)
    client = house.client(house.owner)
    link = re.search(r'href="(/settings/privacy\?link=[^"]+)"', client.get("/mentions").text)
    assert link
    assert 'value="https://m.example/@alma/7"' in client.get(link[1]).text


def test_a_wish_that_names_nobody_and_a_wrong_number_of_months_come_back(house: House) -> None:
    client, sent = house.client(house.owner), {"csrf": house.csrf(house.owner)}
    for path, more in (("look", {}), ("remove", {}), ("keep", {"months": "61"}),
                       ("keep", {"months": "x"})):  # fmt: skip
        answer = client.post(f"/settings/privacy/{path}", data={**sent, **more})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_how_long_words_are_kept_is_set_and_told(house: House) -> None:
    client, sent = house.client(house.owner), {"csrf": house.csrf(house.owner)}
    assert 'value="13"' in client.get("/settings/privacy").text
    client.post("/settings/privacy/keep", data={**sent, "months": "6"})
    assert 'value="6"' in client.get("/settings/privacy").text
    assert "13 → 6" in client.get("/settings/changes?kind=privacy").text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_who_may_not_remove_sees_how_long_words_are_kept_and_no_form(
    house: House, language: str
) -> None:
    client = house.client(house.member("viewer"), fenghuo_language=language)
    page = client.get("/settings/privacy").text
    assert "13" in page
    assert "/settings/privacy/look" not in page
    hear(house, 1)
    assert "/about" not in client.get("/mentions").text
