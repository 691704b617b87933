"""Lists under Settings: made, brought as a file, changed, removed; named by queries."""

import json
from html import unescape

import pytest
from web.house import House

from fenghuo.domain.people import Role
from fenghuo.domain.post import Author, Post
from fenghuo.domain.watch import Watch

HOME = "/settings/lists"


def send(
    house: House, path: str, session: str = "", file: tuple[str, bytes] | None = None, **form: str
) -> tuple[int, str]:
    held = session or house.owner
    sent = {"csrf": house.csrf(held), **form}
    answer = house.client(held).post(path, data=sent, files={"file": file} if file else None)
    return answer.status_code, unescape(answer.text)


def terms(house: House) -> dict[str, tuple[str, ...]]:
    return {name: tuple(found) for name, found in house.app.lists.terms(house.workspace).items()}


def hear(house: House, text: str, author: str) -> Post:
    now = house.app.clock.now(house.workspace)
    post = Post(platform="x", id=text, time=now, text=text, author=Author(author, author))
    house.app.listen.accept(house.workspace, [post])
    return post


def test_a_list_is_made_changed_and_removed_on_its_page_and_all_is_recorded(house: House) -> None:
    assert send(house, HOME, name="Press", entries="Reuters\r\nBBC News\r\n")[0] == 303
    client = house.client(house.owner)
    shown = client.get(HOME).text
    assert "@list(press)" in shown
    assert "Reuters" in shown
    assert send(house, f"{HOME}/press", entries="Reuters\nAFP")[0] == 303
    assert "AFP" in client.get(f"{HOME}/press").text
    told = client.get("/settings/changes?kind=lists").text
    assert told.count("press") == 2
    assert "BBC News" in told
    assert send(house, f"{HOME}/press/remove")[0] == 303
    assert client.get(f"{HOME}/press").status_code == 404
    assert send(house, f"{HOME}/press", entries="x")[0] == 404
    assert terms(house) == {}


def test_what_is_refused_comes_back_as_typed_with_the_line_that_is_wrong(house: House) -> None:
    status, page = send(house, HOME, name="hazards", entries="fire\nab*\nsmoke")
    assert status == 422
    assert "第 2 行“ab*”" in page
    assert "fire\nab*\nsmoke" in page
    assert 'value="hazards"' in page
    house.app.lists.make(house.workspace, "hazards", ["fire"])
    status, page = send(house, f"{HOME}/hazards", entries="fire\n<b>a OR b</b>")
    assert status == 422
    assert "fire\n<b>a OR b</b>" in page
    assert terms(house) == {"hazards": ("fire",)}


@pytest.mark.parametrize(
    ("name", "content", "entries"),
    [
        ("p.txt", b"Reuters\r\nSmith, John\r\n\r\nreuters\r\n", ("Reuters", "Smith, John")),
        ("p.csv", b'name,reach\nReuters,9\n"Smith, John",1\n', ("Reuters", "Smith, John")),
        ("p.csv", "名称;级别\n新华社;1\n人民日报;1\n".encode("gb18030"), ("新华社", "人民日报")),
        ("press.csv", b"\xef\xbb\xbfReuters\nAFP\n", ("Reuters", "AFP")),
        ("press.txt", "\ufeffReuters\n新华社\n".encode("utf-16"), ("Reuters", "新华社")),
    ],
)  # fmt: skip
def test_a_file_brings_entries_in_its_own_encoding(
    house: House, name: str, content: bytes, entries: tuple[str, ...]
) -> None:
    assert send(house, HOME, file=(name, content), name="press")[0] == 303
    assert terms(house) == {"press": entries}


def test_typed_entries_and_those_of_a_file_come_together(house: House) -> None:
    made = send(house, HOME, file=("p.txt", b"AFP\nReuters"), name="press", entries="Reuters")
    assert made[0] == 303
    assert terms(house) == {"press": ("Reuters", "AFP")}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("p.txt", b"fine\n++\n", "第 2 行“++”"),
        ("p.csv", b"", "p.csv"),
        ("p.txt", b"PK\x03\x04rest", "p.txt"),
        ("p.txt", b"x" * 1_000_001, "1000 kB"),
        ("p.csv", "\n".join(f"word{n}" for n in range(1001)).encode(), "1000"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_named_and_nothing_is_kept(
    house: House, name: str, content: bytes, told: str
) -> None:
    status, page = send(house, HOME, file=(name, content), name="press")
    assert status == 422
    assert told in page
    assert terms(house) == {}


@pytest.mark.parametrize(
    ("role", "may"), [("lead", True), ("pr", True), ("legal", False), ("viewer", False)]
)
def test_who_may_change_watches_may_change_lists_and_all_others_read_them(
    house: House, role: Role, may: bool
) -> None:
    house.app.lists.make(house.workspace, "press", ["Reuters"])
    session = house.member(role)
    status = 303 if may else 403
    assert send(house, HOME, session, name="x", entries="y")[0] == status
    assert send(house, f"{HOME}/press", session, entries="y")[0] == status
    assert send(house, f"{HOME}/press/remove", session)[0] == status
    house.app.lists.make(house.workspace, "hazards", ["fire"])
    client = house.client(session)
    for page in (client.get(HOME).text, client.get(f"{HOME}/hazards").text):
        assert "fire" in page
        assert ("<textarea" in page) is may


def test_a_list_that_a_watch_uses_says_so_and_stays(house: House) -> None:
    house.app.lists.make(house.workspace, "press", ["Reuters"])
    query = 'veyra OR author:@list(press) "Veyra GmbH"'
    assert send(house, f"/watch/{house.watch}", brand="Veyra", query=query)[0] == 303
    client = house.client(house.owner)
    assert f'href="/watch/{house.watch}"' in client.get(f"{HOME}/press").text
    assert 'href="/settings/lists/press"' in client.get(f"/watch/{house.watch}").text
    assert 'press/remove"' not in client.get(f"{HOME}/press").text
    status, page = send(house, f"{HOME}/press/remove")
    assert status == 422
    assert "用到它的监测" in page
    assert "Veyra" in page
    assert terms(house) == {"press": ("Reuters",)}


def test_search_page_files_and_api_find_by_a_list(house: House) -> None:
    house.app.listen.watch(house.workspace, Watch("Veyra", "veyra"), house.watch)
    hear(house, "Veyra kettle smokes", "Reuters")
    hear(house, "Veyra kettle whistles", "joe")
    house.app.lists.make(house.workspace, "press", ["@reuters"])
    client = house.client(house.owner)
    asked = {"q": "kettle author:@list(press)"}
    token = house.app.access.create_token(house.workspace, "t", ["read"], "")
    found = [
        client.get("/mentions", params=asked).text,
        client.get("/mentions.csv", params=asked).text,
        client.get("/mentions.jsonl", params=asked).text,
        house.client().get("/api/v1/mentions", params=asked,
                           headers={"authorization": f"Bearer {token}"}).text,
    ]  # fmt: skip
    for text in found:
        assert "smokes" in text
        assert "whistles" not in text


def test_a_list_that_is_not_there_is_said_whole_in_both_languages(house: House) -> None:
    token = house.app.access.create_token(house.workspace, "t", ["read"], "")
    headers = {"authorization": f"Bearer {token}"}
    answer = house.client().get("/api/v1/mentions?q=veyra @list(x)", headers=headers)
    assert answer.status_code == 422
    texts = answer.json()["text"]
    assert {text.rstrip()[-1] for text in texts.values()} == {".", "。"}
    page = house.client(house.owner).get("/mentions?q=veyra @list(x)").text
    assert "<mark>@list(x)</mark>" in page
    house.app.lists.make(house.workspace, "press", ["Reuters"])
    answer = house.client().get("/api/v1/mentions?q=veyra @list(pres)", headers=headers)
    assert all("@list(press)" in text for text in answer.json()["text"].values())


def test_the_place_behind_a_list_is_marked_where_a_query_goes_wrong(house: House) -> None:
    house.app.lists.make(house.workspace, "press", ["Reuters"])
    page = house.client(house.owner).get("/mentions?q=@list(press) AND ab*").text
    assert "<mark>ab</mark>" in page


def test_a_preview_reads_the_lists(house: House) -> None:
    hear(house, "Veyra kettle smokes", "Reuters")
    house.app.lists.make(house.workspace, "press", ["Reuters"])
    path = f"/watch/{house.watch}/preview"
    status, page = send(house, path, brand="Veyra", query="veyra author:@list(press)")
    assert status == 200
    assert "smokes" in page
    status, page = send(house, "/watch/preview", brand="Veyra", query="veyra @list(nothing)")
    assert "@list(press)" in page


def test_the_api_tells_the_lists_and_the_watches_that_use_them(house: House) -> None:
    house.app.lists.make(house.workspace, "press", ["Reuters", "新华社"])
    house.app.listen.watch(house.workspace, Watch("Veyra", "veyra @list(press)"), house.watch)
    token = house.app.access.create_token(house.workspace, "t", ["read"], "")
    answer = house.client().get("/api/v1/lists", headers={"authorization": f"Bearer {token}"})
    assert json.loads(answer.text) == {
        "lists": [{"name": "press", "entries": ["Reuters", "新华社"], "watches": [house.watch]}]
    }
    posts = house.app.access.create_token(house.workspace, "t", ["posts:write"], "")
    headers = {"authorization": f"Bearer {posts}"}
    assert house.client().get("/api/v1/lists", headers=headers).status_code == 403


def test_what_is_worth_knowing_of_entries_stands_beside_the_list(house: House) -> None:
    house.app.lists.make(house.workspace, "odd", ["H&M", "fine"])
    page = unescape(house.client(house.owner).get(f"{HOME}/odd").text)
    assert 'raw:"…"' in page
