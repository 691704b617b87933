"""What a downloaded file of mentions holds: all of what the page found, or a clear refusal."""

import asyncio
import csv
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from sqlalchemy import Engine, event
from starlette.types import Message, Scope
from storage.rows import mention, post, understanding
from web.house import House

from fenghuo.listen.query import index_tokens
from fenghuo.web.pages import mentions

WANTED = {"q": "veyra OR caught", "sentiment": "negative", "crisis": "product"}


def heard(house: House, *, n: int, first: int = 0) -> list[str]:
    """Store `n` posts about a fire in the house's watch; the ids of their mentions."""
    of_us = (house.watch, house.workspace)
    made = [mention(post(f"p{i:05}", i), *of_us) for i in range(first, first + n)]
    with house.app.store.transaction() as tx:
        tx.listen.add_mentions(made, [" ".join(index_tokens(m.post.words)) for m in made])
    return [m.id for m in made]


def understood(house: House, name: str, negative: float) -> None:
    with house.app.store.transaction() as tx:
        tx.listen.save_understanding(name, understanding(negative))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@contextmanager
def searches() -> Iterator[list[str]]:
    """The statements that look for mentions meanwhile; what they hold is read by others."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM mentions" in statement and "LIMIT" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind_of_file", ["csv", "jsonl"])
def test_a_file_holds_what_the_page_shows_and_nothing_that_its_filters_left_out(
    house: House, kind_of_file: str
) -> None:
    angry, pleased, unread = heard(house, n=3)
    understood(house, angry, 0.9)
    understood(house, pleased, 0.1)
    client = house.client(house.owner)
    shown = client.get("/mentions", params=WANTED).text
    [link] = re.findall(rf'href="(/mentions\.{kind_of_file}\?[^"]*)"', shown)
    link = html.unescape(link)
    assert parse_qs(urlsplit(link).query) == {name: [v] for name, v in WANTED.items()}
    told = client.get(link).text
    assert "p00000" in shown
    assert "p00000" in told
    assert not re.search("p00001|p00002", shown + told), (pleased, unread)


def test_the_link_on_a_later_page_is_to_all_of_it(house: House) -> None:
    heard(house, n=60)
    client = house.client(house.owner)
    [older] = re.findall(r'href="(/mentions\?[^"]*before=[^"]*)"', client.get("/mentions").text)
    later = client.get(html.unescape(older)).text
    assert "p00000" in later
    [link] = re.findall(r'href="(/mentions\.csv\?[^"]*)"', later)
    assert len(table(client.get(html.unescape(link)).text)) == 61


@pytest.mark.parametrize("kind_of_file", ["csv", "jsonl"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_file_comes_of_a_query_that_cannot_be_read(
    house: House, kind_of_file: str, language: str
) -> None:
    client = house.client(house.owner, fenghuo_language=language)
    answer = client.get(f"/mentions.{kind_of_file}", params={"q": '"veyra'})
    assert answer.status_code == 422
    assert "content-disposition" not in answer.headers
    assert {"zh-CN": "没有闭合", "en": "never closed"}[language] in answer.text


@pytest.mark.parametrize("q", ["", "caught"])
def test_every_row_is_in_the_file_however_many_there_are(house: House, q: str) -> None:
    heard(house, n=10_300)
    client = house.client(house.owner)
    rows = table(client.get("/mentions.csv", params={"q": q, "watch": house.watch}).text)
    told = [row["id"] for row in rows if row["platform"] == "x"]
    assert told == [f"p{i:05}" for i in reversed(range(10_300))]
    lines = client.get("/mentions.jsonl", params={"q": q}).text.splitlines()
    assert len(lines) == len(rows)
    assert msgspec.json.decode(lines[-1])["id"] == rows[-1]["id"]


def test_a_file_is_on_its_way_before_its_later_rows_are_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions, "EXPORTED_AT_ONCE", 10)
    heard(house, n=35)
    asked_at: list[int] = []
    with searches() as asked:

        async def send(message: Message) -> None:
            if message.get("body"):
                asked_at.append(len(asked))

        asyncio.run(house.web(from_browser(house, "/mentions.csv"), nothing_more, send))
    # The heading and the first page come of the first search, each later page of one more.
    assert asked_at == [1, 1, 2, 3, 4]


def from_browser(house: House, path: str) -> Scope:
    cookie = f"fenghuo_session={house.owner}".encode()
    return {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:8420"), (b"cookie", cookie)],
        "http_version": "1.1", "root_path": "",
    }  # fmt: skip


async def nothing_more() -> Message:
    return await asyncio.Future()
