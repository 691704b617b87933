"""Fields that a sender has and we do not know stay with the post, as words and no more."""

import json
from typing import Any

import pytest
from web.house import House

from fenghuo.listen import decode_whole

LINE: dict[str, Any] = {
    "platform": "x", "id": "77", "time": "2026-01-01T00:00:00Z", "text": "veyra smokes",
    "order": {"number": "A-17", "items": [1, 2]}, "note": "<b hx-get=/sign-out>=1+1</b>",
}  # fmt: skip


@pytest.fixture
def heard(house: House) -> House:
    """A house that took in a post with two fields that it does not know."""
    done = house.app.listen.accept_lines(house.workspace, [json.dumps(LINE).encode()])
    assert (done.matched, done.unknown) == (1, ("note", "order"))
    return house


def lines(house: House) -> list[dict[str, Any]]:
    text = house.client(house.owner).get("/mentions.jsonl?q=smokes").text
    return [json.loads(line) for line in text.splitlines()]


def test_they_are_shown_folded_beside_the_post_as_words(heard: House) -> None:
    text = heard.client(heard.owner).get("/mentions?q=smokes").text
    folded = text.split('<details class="extra">')[1].split("</details>")[0]
    assert "A-17" in folded
    assert "<b hx-get" not in folded
    assert "&lt;b hx-get" in folded


def test_a_file_of_mentions_holds_them_and_gives_them_back_when_it_is_taken_in_again(
    heard: House,
) -> None:
    [exported] = lines(heard)
    assert exported["extra"] == {"order": LINE["order"], "note": LINE["note"]}
    again = {**exported, "id": "78"}
    heard.app.listen.accept_lines(heard.workspace, [json.dumps(again).encode()])
    assert [line["extra"] for line in lines(heard)] == [exported["extra"]] * 2


def test_a_table_of_mentions_holds_them_as_json(heard: House) -> None:
    text = heard.client(heard.owner).get("/mentions.csv?q=smokes").text
    assert text.splitlines()[0].endswith(",extra")
    assert '""number"":""A-17""' in text


def test_a_post_that_nobody_watches_for_leaves_none_in_the_sample_of_its_source(
    heard: House,
) -> None:
    other = {**LINE, "id": "79", "text": "lumora smokes", "extra": {"a": 1}}
    post = decode_whole(json.dumps(other).encode())
    assert post.extra
    heard.app.listen.accept(heard.workspace, [post], "s", "1")
    with heard.app.store.reading() as tx:
        [kept] = tx.listen.sample("s")
    assert (kept.text, kept.extra) == ("lumora smokes", {})
