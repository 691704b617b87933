"""Posts in the reader's language: made once, marked as a machine's, private words never sent."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.site import Asked, Say, Site, site
from web.house import House, built

from fenghuo.domain.post import Kind, Post
from fenghuo.ports.listen_store import MentionSearch

GERMAN = "Der Akku von Veyra brennt, wir haben große Angst und rufen die Feuerwehr"


def answers(asked: Asked) -> Say:
    """FAKE: a LibreTranslate."""
    words = [f"<b>译</b> {text}" for text in json.loads(asked.body)["q"]]
    return Say(body=json.dumps({"translatedText": words}).encode())


@pytest.fixture
def server() -> Iterator[Site]:
    with site(answers) as web:
        yield web


@pytest.fixture
def house(database_url: str, tmp_path: Path, server: Site) -> Iterator[House]:
    made = built(database_url, tmp_path, translate_url=server.url)
    yield made
    made.app.close()


def heard(house: House, words: str, kind: Kind = "post") -> str:
    now = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
    post = Post(platform="x", id="1", time=now, text=words, kind=kind)
    house.app.listen.accept(house.workspace, [post])
    while house.app.listen.understand_some():
        continue
    found = house.app.listen.mentions(MentionSearch(house.workspace, house.watch))
    return next(mention.id for mention in found if mention.post.id == "1")


def shown(house: House, mention: str) -> str:
    client = house.client(house.owner, fenghuo_language="zh-CN")
    page = client.get("/mentions").text
    return client.get(f"/translated/{mention}").text if f"/translated/{mention}" in page else ""


def test_a_translation_is_marked_escaped_and_asked_for_once(house: House, server: Site) -> None:
    mention = heard(house, GERMAN)
    for _ in range(2):
        text = shown(house, mention)
        assert "&lt;b&gt;译&lt;/b&gt; Der Akku" in text
        assert "LibreTranslate" in text
    assert len(server.asked) == 1


def link_to_its_story(house: House, mention: str, language: str) -> str:
    """The way to a guest's page, as its owner makes it."""
    with house.app.store.transaction() as tx:
        tx.warn.join(house.watch, [(mention, "s1")])
    data = {"csrf": house.csrf(house.owner), "name": "Dr. Weber", "language": language,
            "label": "", "hours": "72"}  # fmt: skip
    made = house.client(house.owner).post(f"/share/story/{house.watch}/s1", data=data)
    found = re.search(r"http://127\.0\.0\.1:8420(/g/[\w-]{40,})", made.text)
    assert found
    return found[1]


def test_a_guest_sees_what_a_member_had_translated_and_has_nothing_translated(
    house: House, server: Site
) -> None:
    mention = heard(house, GERMAN)
    link = link_to_its_story(house, mention, "zh-CN")
    before = house.client().get(link).text
    assert GERMAN in before
    assert "机器翻译" not in before
    assert server.asked == []
    shown(house, mention)
    after = house.client().get(link).text
    assert "&lt;b&gt;译&lt;/b&gt; Der Akku" in after
    assert "机器翻译" in after
    assert "LibreTranslate" not in after
    assert len(server.asked) == 1


def test_a_guest_sees_no_translation_into_another_language_than_theirs(
    house: House, server: Site
) -> None:
    mention = heard(house, GERMAN)
    shown(house, mention)
    text = house.client().get(link_to_its_story(house, mention, "en")).text
    assert GERMAN in text
    assert "译" not in text
    assert len(server.asked) == 1


def test_private_words_and_words_of_our_own_language_are_never_sent(
    house: House, server: Site
) -> None:
    assert shown(house, heard(house, GERMAN, kind="ticket")) == ""
    assert server.asked == []


def test_words_in_the_readers_own_language_need_none(house: House, server: Site) -> None:
    assert shown(house, heard(house, "维芮 Veyra 的充电宝昨天晚上在家里突然冒烟了")) == ""
    assert server.asked == []


def test_a_translator_that_is_down_says_so_and_the_page_stays(house: House, server: Site) -> None:
    server.script = lambda asked: Say(status=500)
    mention = heard(house, GERMAN)
    assert "127.0.0.1" in shown(house, mention)
    server.script = answers
    assert "Der Akku" in shown(house, mention)


def test_another_workspace_gets_no_translation_of_ours(house: House) -> None:
    mention = heard(house, GERMAN)
    session = house.app.access.session(house.owner)
    assert session is not None
    other = house.app.access.begin_workspace(session.person.id, "Lumora", "real", None)
    answer = house.client(house.owner, fenghuo_workspace=other.id).get(f"/translated/{mention}")
    assert answer.status_code == 404
    assert "Akku" not in answer.text
