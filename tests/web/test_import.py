"""Files brought to the page: looked at first, taken in row by row, every trouble told."""

import gzip
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from web.house import House

from fenghuo.app.imports import Choice, Imports
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import MentionSearch

REVIEWS = (
    "Review Date;Rating;Review Text;Reviewer\n"
    "2026-05-03;1 out of 5;It burnt a hole into the sofa;Wen\n"
    "2026-05-04;5;Looks <b>great</b>;Ana\n"
    "not a day;4;Fine;Bo\n"
)
COLUMNS = {"column.time": "Review Date", "column.text": "Review Text", "kind": "review"}
ODD = "Wann;Was\n2026-05-03T10:00:00Z;Veyra smokes\n"


class Desk:
    """The page as the owner uses it."""

    def __init__(self, house: House, session: str = "") -> None:
        self.house = house
        session = session or house.owner
        self.client: TestClient = house.client(session, fenghuo_language="en")
        self.csrf = house.csrf(session)

    def send(self, path: str, content: str | bytes, name: str = "a.csv", **typed: Any) -> Any:
        body = content.encode() if isinstance(content, str) else content
        data = {"csrf": self.csrf, **typed}
        headers = {"hx-request": "true"} if path.endswith("look") else {}
        files = {"file": (name, body)}
        return self.client.post(path, data=data, files=files, headers=headers)

    def look(self, content: str | bytes, name: str = "a.csv", **typed: Any) -> str:
        return str(self.send("/import/look", content, name, **typed).text)

    def take(self, content: str | bytes, name: str = "a.csv", **typed: Any) -> str:
        answer = self.send("/import", content, name, **typed)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def heard(self) -> list[str]:
        found = self.house.app.listen.mentions(MentionSearch(self.house.workspace))
        return [m.post.text for m in found if m.post.platform != "mastodon"]


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


def chosen(text: str) -> dict[str, str]:
    """The first option that is selected, by the name of its select."""
    selects = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.S)
    found: dict[str, str] = {}
    for name, options in selects:
        picked = re.search(r" selected>([^<]*)<", options)
        if picked:
            found.setdefault(name, picked[1])
    return found


def test_the_first_rows_are_shown_as_they_would_be_taken_in_and_nothing_is_kept(
    desk: Desk,
) -> None:
    text = desk.look(REVIEWS)
    assert "It burnt a hole into the sofa" in text
    assert "Looks &lt;b&gt;great&lt;/b&gt;" in text
    assert "not a day" in text
    columns = chosen(text)
    assert (columns["column.time"], columns["column.text"]) == ("Review Date", "Review Text")
    assert (columns["column.rating"], columns["kind"]) == ("Rating", "review")
    assert desk.heard() == []


def test_every_row_of_a_file_counts_for_the_brand_that_was_chosen(house: House, desk: Desk) -> None:
    text = desk.take(REVIEWS, watch=house.watch)
    assert "2 rows were taken" in text
    assert "1 was left out" in text
    assert "not a day" in text
    assert sorted(desk.heard()) == ["It burnt a hole into the sofa", "Looks <b>great</b>"]
    again = desk.take(REVIEWS, watch=house.watch)
    assert "0 rows were taken" in again
    assert "2 were here already" in again
    assert len(desk.heard()) == 2


def test_without_a_brand_only_rows_that_name_one_are_kept_and_that_is_said(desk: Desk) -> None:
    text = desk.take(REVIEWS)
    assert "choose the brand" in text
    assert desk.heard() == []
    desk.take("time,text\n2026-05-03T10:00:00Z,my veyra smokes\n")
    assert desk.heard() == ["my veyra smokes"]


def test_columns_that_are_not_found_are_chosen_by_hand_saved_and_known_the_next_time(
    desk: Desk,
) -> None:
    text = desk.look(ODD)
    assert "Please choose the column" in text
    assert "<option>Wann</option>" in text
    given = {"of": f"a.csv:{len(ODD)}", "shown": "", "column.time": "Wann", "column.text": "Was"}
    assert "Veyra smokes" in desk.look(ODD, **given)
    assert desk.heard() == []
    desk.take(ODD, save_as="Our shop", kind="review", **given)
    assert desk.heard() == ["Veyra smokes"]
    page = desk.client.get("/import").text
    assert "Our shop" in page
    known = chosen(desk.look(ODD.replace("smokes", "smokes again")))
    assert (known["column.time"], known["kind"]) == ("Wann", "review")
    desk.client.post("/import/forget", data={"csrf": desk.csrf, "name": "Our shop"})
    assert "Our shop" not in desk.client.get("/import").text
    assert "Please choose the column" in desk.look(ODD)


def test_what_was_chosen_for_another_file_does_not_count(desk: Desk) -> None:
    stale = {"of": "other.csv:7", "shown": "", "column.time": "Wann", "column.text": "Was"}
    assert "It burnt" in desk.look(REVIEWS, **stale)


def test_the_name_of_a_shipped_mapping_cannot_be_taken(desk: Desk) -> None:
    answer = desk.send("/import", REVIEWS, save_as="posts")
    assert answer.status_code == 422
    assert "choose another name" in answer.text


def marks(house: House) -> dict[str, tuple[str, ...]]:
    found = house.app.listen.mentions(MentionSearch(house.workspace))
    return {m.post.id: m.marks for m in found if m.post.platform == "shop"}


def odd_posts() -> str:
    """One that is cleaned, one that is cut, one with too much beside it, one that is whole."""
    told = {"platform": "shop", "time": "2026-05-03T10:00:00Z", "text": "veyra smokes"}
    posts = [
        {**told, "id": "cleaned", "text": "veyra\u202e smokes"},
        {**told, "id": "cut", "text": "veyra " + "smokes " * 20_000},
        {**told, "id": "extra_cut", "note": "x" * 20_000, "colour": "red"},
        {**told, "id": "whole", "marks": "our own"},
    ]
    return "".join(json.dumps(post) + "\n" for post in posts)


MARKED = {"cleaned": ("cleaned",), "cut": ("cut",), "extra_cut": ("extra_cut",), "whole": ()}


def test_what_was_done_to_a_post_of_a_file_is_marked_as_of_any_other(desk: Desk) -> None:
    desk.take(odd_posts(), "posts.jsonl")
    assert marks(desk.house) == MARKED


def test_a_cell_of_a_table_that_was_cleaned_is_marked(desk: Desk) -> None:
    table = "platform,id,time,text\nshop,cleaned,2026-05-03T10:00:00Z,veyra\u200b smokes\n"
    desk.take(table)
    assert marks(desk.house) == {"cleaned": ("cleaned",)}


@pytest.mark.parametrize("way", ["by the page", "by the interface"])
def test_a_file_that_we_wrote_brings_the_marks_of_its_posts_back(
    desk: Desk, house: House, way: str
) -> None:
    desk.take(odd_posts(), "posts.jsonl")
    wrote = desk.client.get("/mentions.jsonl?q=smokes").content
    owner = house.app.access.session(house.owner)
    assert owner
    other = house.app.access.begin_workspace(owner.person.id, "Elsewhere", "real").id
    house.app.listen.watch(other, Watch("Veyra", "veyra"))
    if way == "by the page":
        Imports(house.app).take(other, "mentions.jsonl", wrote, Choice())
    else:
        done = house.app.listen.accept_lines(other, wrote.splitlines())
        # Our own field is no stranger; one of somebody else by the same name is.
        assert done.unknown == ("colour", "marks")
    found = house.app.listen.mentions(MentionSearch(other))
    assert {m.post.id: m.marks for m in found} == MARKED
    assert {m.post.id: dict(m.post.extra) for m in found} == {
        "cleaned": {}, "cut": {}, "extra_cut": {"colour": "red"}, "whole": {"marks": "our own"},
    }  # fmt: skip


def test_packed_json_lines_are_taken_in_with_the_line_of_each_error(desk: Desk) -> None:
    good = {"platform": "x", "id": "1", "time": "2026-05-03T10:00:00Z", "text": "veyra smokes"}
    packed = gzip.compress((json.dumps(good) + "\n{broken\n").encode())
    text = desk.take(packed, "posts.jsonl.gz")
    assert "One row was taken" in text
    assert "broken at byte" in text
    assert desk.heard() == ["veyra smokes"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b""), ("a.csv.gz", b"not packed"), ("a.xlsx", b"PK\x03\x04" + b"\0" * 60)],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    desk: Desk, name: str, content: bytes
) -> None:
    answer = desk.send("/import", content, name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'role="alert"' in desk.look(content, name)


def test_without_a_file_it_says_so(desk: Desk) -> None:
    answer = desk.client.post("/import", data={"csrf": desk.csrf})
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_the_mappings_of_another_workspace_are_not_ours(house: House, desk: Desk) -> None:
    desk.take(ODD, **{"of": f"a.csv:{len(ODD)}", "shown": "", "save_as": "Our shop",
                      "column.time": "Wann", "column.text": "Was"})  # fmt: skip
    with house.app.store.reading() as tx:
        assert tx.listen.mappings("another") == []
        assert len(tx.listen.mappings(house.workspace)) == 1


def test_whoever_may_not_keep_sources_may_not_import(house: House) -> None:
    store = Desk(house, house.member("store"))
    assert store.client.get("/import").status_code == 403
    assert store.send("/import", REVIEWS).status_code == 403
    assert "/import" not in store.client.get("/by-hand").text


def test_the_zone_of_times_without_one_is_said_and_can_be_chosen(desk: Desk) -> None:
    seen = desk.look(REVIEWS)
    assert "Times without a zone are read as those of UTC" in seen
    assert chosen(seen)["time_zone"] == "UTC"
    first = re.search(r'<td class="nowrap">([^<]+)</td>', seen)
    there = {"of": f"a.csv:{len(REVIEWS)}", "time_zone": "America/Los_Angeles", **COLUMNS}
    changed = desk.look(REVIEWS, **there)
    then = re.search(r'<td class="nowrap">([^<]+)</td>', changed)
    assert "read as those of Los Angeles" in changed
    assert first
    assert then
    assert first[1] != then[1]
    done = desk.take(REVIEWS, watch=desk.house.watch, **there)
    assert "were read as those of Los Angeles" in done


def test_a_zone_that_there_is_not_is_named(desk: Desk) -> None:
    there = {"of": f"a.csv:{len(REVIEWS)}", "time_zone": "Mars/Olympus", **COLUMNS}
    answer = desk.send("/import", REVIEWS, **there)
    assert answer.status_code == 422
    assert "Mars/Olympus" in answer.text


def test_lines_that_name_their_zone_themselves_are_told_of_none(desk: Desk) -> None:
    line = '{"platform":"x","id":"1","time":"2026-05-03T10:00:00Z","text":"veyra smokes"}'
    assert "without a zone" not in desk.look(line, "a.jsonl") + desk.take(line, "a.jsonl")
