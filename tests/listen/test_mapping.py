"""Tables of other programs as posts."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from fenghuo.app.shipped import known_mappings
from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.listen import ColumnMapping, Found, Rows, guess, read_mapping

KNOWN = known_mappings()
SIMPLE = ColumnMapping("mine", {"time": ("when",), "text": ("words",), "rating": ("stars",)})


def post(header: Sequence[str], *row: str) -> Post:
    mapping = guess(header, KNOWN.values())
    return Rows(mapping, header, "f.csv").read(2, row).post


def simple(*row: str) -> Found:
    return Rows(SIMPLE, ("when", "words", "stars"), "f.csv").read(7, row)


def refused(*row: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        simple(*row)
    assert all("7" in explain(caught.value, language) for language in LANGUAGES)
    return caught.value


def test_a_marketplace_review_is_recognised_in_english() -> None:
    header = ("Review ID", "Review Date", "Star Rating", "Review Title", "Review Text",
              "Marketplace", "Reviewer Name", "Helpful Votes")  # fmt: skip
    found = post(header, "R1", "2026-03-04", "1 out of 5 stars", "Fire!", "It burns", "amazon.de",
                 "Jo", "1,204")  # fmt: skip
    assert (found.kind, found.id, found.rating, found.country) == ("review", "R1", 1.0, "de")
    assert (found.title, found.text, found.author.name) == ("Fire!", "It burns", "Jo")
    assert found.metrics.likes == 1204


def test_a_marketplace_review_is_recognised_in_chinese() -> None:
    found = post(
        ("评价时间", "星级", "评价内容", "站点"), "2026年3月4日 10:00", "1星", "冒烟了", "US"
    )
    assert (found.kind, found.rating, found.country) == ("review", 1.0, "us")
    assert found.time == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_a_return_is_recognised_and_its_reason_is_part_of_its_words() -> None:
    header = ("return-date", "order-id", "sku", "asin", "product-name", "quantity",
              "detailed-disposition", "reason", "customer-comments")  # fmt: skip
    found = post(header, "2026-03-04T10:00:00+00:00", "111", "S1", "B0", "Veyra 20k", "1",
                 "CUSTOMER_DAMAGED", "DEFECTIVE", "got very hot")  # fmt: skip
    assert (found.kind, found.id, found.private) == ("return", "111:S1", True)
    assert found.text == "DEFECTIVE\ngot very hot"
    assert found.title == "Veyra 20k"


def test_a_ticket_is_recognised() -> None:
    header = (
        "Ticket ID",
        "Subject",
        "Description",
        "Requester",
        "Created at",
        "Status",
        "Language",
    )
    found = post(
        header, "42", "Smoke", "The box smokes", "Li", "Mar 4, 2026 10:00 AM", "open", "en"
    )
    assert (found.kind, found.id, found.title, found.lang) == ("ticket", "42", "Smoke", "en")
    assert found.platform == "help-desk"


def test_own_columns_are_recognised_whole() -> None:
    header = ("platform", "id", "time", "text", "kind", "author.name", "author.followers", "url")
    found = post(
        header, "x", "9", "2026-03-04T10:00:00Z", "hot", "comment", "Li", "12", "https://x/9"
    )
    assert (found.platform, found.id, found.kind) == ("x", "9", "comment")
    assert (found.author.name, found.author.followers) == ("Li", 12)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_shipped_mapping_is_recognised_by_its_own_first_names(name: str) -> None:
    mapping = KNOWN[name]
    header = [names[0] for names in mapping.columns.values()]
    assert guess(header, KNOWN.values()) == mapping
    assert mapping.title_zh
    assert mapping.title_en
    assert Rows(mapping, header, "f").unread == ()


def test_a_row_without_an_id_gets_the_same_one_each_time() -> None:
    one, again = simple("2026-03-04", "hot").post, simple("2026-03-04", "hot").post
    assert one.id == again.id
    assert one.id != simple("2026-03-05", "hot").post.id


@pytest.mark.parametrize(
    ("told", "stars"),
    [("4", 4), ("4,5", 4.5), ("4.0 out of 5 stars", 4), ("8/10", 4), ("★★★☆☆", 3), ("⭐⭐", 2),
     ("5星", 5), ("", None)],
)  # fmt: skip
def test_stars_are_read(told: str, stars: float | None) -> None:
    found = simple("2026-03-04", "hot", told)
    assert found.post.rating == stars
    assert not found.remarks


@pytest.mark.parametrize("told", ["good", "77", "11/10", "5/0"])
def test_a_row_whose_stars_cannot_be_read_is_taken_without_them_and_it_is_said(told: str) -> None:
    found = simple("2026-03-04", "hot", told)
    assert found.post.rating is None
    [remark] = found.remarks
    assert all(told in say(remark.key, language, **remark.values) for language in LANGUAGES)


def test_a_row_without_words_or_time_is_refused_with_its_number() -> None:
    assert refused("2026-03-04", " ").key == "sources.row_field_missing"
    assert refused("", "hot").key == "sources.row_field_missing"
    assert refused("yesterday", "hot").key == "sources.row_time_wrong"
    assert refused().key == "sources.row_field_missing"


def test_a_table_without_the_column_is_refused_with_what_was_looked_for() -> None:
    with pytest.raises(BadInput) as caught:
        Rows(SIMPLE, ("when", "other"), "f.csv")
    assert caught.value.key == "sources.columns_missing"
    assert caught.value.values["names"] == "words"


def test_unread_columns_are_known() -> None:
    assert Rows(SIMPLE, ("When ", "WORDS", "colour", ""), "f").unread == ("colour",)


def test_dates_that_leave_their_order_open_are_said() -> None:
    rows = Rows(SIMPLE, ("when", "words"), "f.csv")
    remark = rows.settle([("3/4/2026", "x")])
    assert remark
    assert remark.values["value"] == "3/4/2026"
    sure = Rows(SIMPLE, ("when", "words"), "f.csv")
    assert sure.settle([("3/4/2026", "x"), ("25/4/2026", "x")]) is None
    assert sure.read(2, ("3/4/2026", "x")).post.time == datetime(2026, 4, 3, tzinfo=UTC)


def test_a_mapping_is_saved_and_read_again() -> None:
    mine = ColumnMapping("mine", SIMPLE.columns, "ticket", "shop", "Asia/Shanghai", "dmy")
    assert read_mapping(msgspec.json.encode(mine)) == mine
    found = Rows(mine, ("when", "words"), "f").read(2, ("3/4/2026 08:00", "x")).post
    assert found.time == datetime(2026, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "saved",
    [
        b"",
        b"\xff",
        b'{"name":"x","columns":{"colour":["a"]}}',
        b'{"name":"x","columns":{},"time_zone":"Mars/Base"}',
        b'{"name":"x","columns":{},"time_zone":"../../etc/passwd"}',
        b'{"name":"x","columns":{},"kind":"poem"}',
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(saved: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_mapping(saved)
    assert caught.value.key == "sources.mapping_wrong"
