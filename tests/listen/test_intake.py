"""The gate of intake: what enters, what is cleaned, what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen import check, decode, lines, unknown_fields

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_post(text: str = "It smokes.", *, time: datetime = NOW, post_id: str = "1") -> Post:
    return Post(platform="x", id=post_id, time=time, text=text)


def refusal(line: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        check(decode(line), NOW)
    for language in LANGUAGES:
        assert explain(caught.value, language)
    return caught.value.key


def as_line(**changes: object) -> bytes:
    post = {"platform": "x", "id": "1", "time": "2026-06-01T10:00:00Z", "text": "hi"}
    return json.dumps({**post, **changes}).encode()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b"{", "intake.not_json"),
        (b"\xff\xfe{}", "intake.not_json"),
        (b'{"platform":"x"}', "intake.field_wrong"),
        (as_line(kind="gossip"), "intake.field_wrong"),
        (as_line(time="yesterday"), "intake.field_wrong"),
        (as_line(time="2026-06-01T10:00:00"), "intake.time_zone_missing"),
        (as_line(time="1970-01-01T00:00:00Z"), "intake.time_absurd"),
        (as_line(time="2099-01-01T00:00:00Z"), "intake.time_absurd"),
        (as_line(id=""), "intake.field_empty"),
        (as_line(id="a\u0000b"), "intake.field_unfit"),
        (as_line(platform="x" * 2000), "intake.field_unfit"),
        (as_line(text="\u200b \u202e"), "intake.empty"),
    ],
)
def test_a_bad_item_is_refused_with_a_reason_in_both_languages(line: bytes, key: str) -> None:
    assert refusal(line) == key


def test_unknown_fields_are_kept_aside_and_not_refused() -> None:
    line = as_line(mood="bad", shop=7)
    assert check(decode(line), NOW).post.text == "hi"
    assert unknown_fields(line) == {"mood": "bad", "shop": 7}


def test_a_megabyte_of_text_is_cut_and_marked() -> None:
    found = check(a_post("火" * 1_000_000), NOW)
    assert found.marks == ("cut",)
    assert len(found.post.text) == 100_000


def test_bidi_and_zero_width_characters_are_cleaned_and_marked() -> None:
    found = check(a_post("pay\u202eli\u200bam\x00"), NOW)
    assert found.post.text == "payliam"
    assert found.marks == ("cleaned",)


def test_joined_emoji_and_persian_spelling_stay_whole() -> None:
    text = "👨‍👩‍👧 می‌خواهم"
    assert check(a_post(text), NOW).post.text == text


def test_a_post_from_the_near_future_is_marked() -> None:
    assert check(a_post(time=NOW + timedelta(hours=3)), NOW).marks == ("future",)


def test_html_and_formulas_stay_words_as_they_are() -> None:
    text = "<script>alert(1)</script> =HYPERLINK(1)"
    assert check(a_post(text), NOW).post.text == text


@given(st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=8), st.data())
def test_lines_are_the_same_however_the_stream_is_chunked(
    parts: list[bytes], data: st.DataObject
) -> None:
    whole = b"\n".join(parts)
    size = data.draw(st.integers(1, 20))
    chunks = [whole[i : i + size] for i in range(0, len(whole), size)]
    assert list(lines(iter(chunks))) == [part for part in parts if part.strip()]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_post_or_a_clear_refusal(line: bytes) -> None:
    try:
        check(decode(line), NOW)
    except BadInput as error:
        assert explain(error, "en")  # noqa: PT017 - either outcome is right, silence is not


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        once = check(a_post(text), NOW).post
    except BadInput:
        return
    assert check(once, NOW).post == once
