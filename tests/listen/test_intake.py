"""The gate of intake: what enters, what is cleaned, what is refused."""

import json
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import FIELDS, NEEDED, Author, Post
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen import check, decode, decode_whole
from fenghuo.listen.intake import encode_whole

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
        (as_line(text=None), "intake.field_wrong"),
        (as_line(metrics={"likes": 10**30}), "intake.number_large"),
        (b"5", "intake.field_wrong"),
        (b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "intake.not_json"),
    ],
)
def test_a_bad_item_is_refused_with_a_reason_in_both_languages(line: bytes, key: str) -> None:
    assert refusal(line) == key


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        (as_line(text=5), "“text”要写成文字，现在是整数。"),
        (as_line(links=["a", {}]), "“links[1]”要写成文字，现在是对象。"),
        (as_line(metrics={"likes": 1.5}), "“metrics.likes”要写成整数，现在是数字。"),
        (as_line(rating=[]), "“rating”要写成数字，现在是列表。"),
        (as_line(kind="gossip"), "“kind”不能是“gossip”。可以是："),
        (as_line(time="yesterday"), "“time”不是时间。"),
        (b'{"platform":"x"}', "缺少“id”。"),
        (b"[1]", "这里要的是对象，现在是列表。"),
        (b'{"platform":', "还没写完就断了。"),
        (b"{'platform':1}", "第 2 个字节处坏了。"),
        (b'{"text":"\xff"}', "不是 UTF-8 编码。"),
    ],
)
def test_what_is_wrong_is_said_in_the_language_of_the_reader(line: bytes, chinese: str) -> None:
    with pytest.raises(BadInput) as caught:
        decode(line)
    assert chinese in explain(caught.value, "zh-CN")
    assert not re.search("Expected|Invalid|Object|JSON is|Input", explain(caught.value, "zh-CN"))
    assert str(caught.value.values.get("field", "")) in explain(caught.value, "en")


@pytest.mark.parametrize("field", sorted(FIELDS - NEEDED))
def test_a_field_that_is_null_counts_as_one_left_out(field: str) -> None:
    assert decode(as_line(**{field: None})) == decode(as_line())
    inside = {"name": None, "id": "7", "followers": None}
    assert decode(as_line(author=inside, lang=None)).author == Author(id="7")


def test_unknown_fields_are_kept_with_their_values_and_not_refused() -> None:
    line = as_line(mood="bad", shop={"id": 7}, author={"name": "a", "age": 4}, metrics={"seen": 1})
    found = check(decode_whole(line), NOW)
    assert found.post.text == "hi"
    assert found.post.extra == {
        "mood": "bad", "shop": {"id": 7}, "author.age": 4, "metrics.seen": 1,
    }  # fmt: skip
    assert found.marks == ()


def test_what_was_kept_comes_back_as_it_was_written_out() -> None:
    first = decode_whole(as_line(mood="bad", shop=[7, None]))
    assert decode_whole(msgspec.json.encode(first)) == first


def test_a_field_of_theirs_that_is_called_as_ours_is_kept_too() -> None:
    assert decode_whole(as_line(extra=5)).extra == {"extra": 5}
    assert decode_whole(as_line(extra={"a": 1}, b=2)).extra == {"a": 1, "b": 2}


def test_unknown_fields_that_are_too_long_are_left_out_and_the_post_says_so() -> None:
    found = check(decode_whole(as_line(small=1, huge="x" * 9_999, last="z")), NOW)
    assert found.post.extra == {"small": 1, "last": "z"}
    assert found.marks == ("extra_cut",)


@pytest.mark.parametrize("value", [10**30, json.loads("[" * 60 + "]" * 60)])
def test_an_unknown_field_that_could_not_be_written_again_is_left_out(value: object) -> None:
    found = check(decode_whole(as_line(strange=value, mood="bad")), NOW)
    assert found.post.extra == {"mood": "bad"}
    assert msgspec.msgpack.encode(found.post)


def test_lasting_marks_of_a_line_stay_with_its_post_and_are_told_once() -> None:
    found = check(decode_whole(as_line(text="hi\u202e", marks=["cut", "cleaned"])), NOW)
    assert found.marks == ("cut", "cleaned")
    assert found.post.extra == {}
    again = check(decode_whole(encode_whole(found.post, (*found.marks, "future"))), NOW)
    assert again == found


@pytest.mark.parametrize("told", [["erased"], ["cut", "by_hand"], ["wordless"], [], "cut", [1], {}])
def test_marks_that_only_we_may_give_are_a_strangers_field_like_any_other(told: object) -> None:
    found = check(decode_whole(as_line(marks=told)), NOW)
    assert found.marks == ()
    assert found.post.extra == {"marks": told}


def test_a_megabyte_of_text_is_cut_and_marked() -> None:
    found = check(a_post("火" * 1_000_000), NOW)
    assert found.marks == ("cut",)
    assert len(found.post.text) == 100_000


def test_half_a_sign_costs_no_post_and_is_cleaned_and_marked() -> None:
    line = as_line(
        text="veyra 起火 \ud83d", author={"name": "\udc00Max"}, marks=["cut"], mood="\ud83d"
    )
    found = check(decode_whole(line), NOW)
    assert (found.post.text, found.post.author.name) == ("veyra 起火 \ufffd", "\ufffdMax")
    assert found.post.extra == {"mood": "\ufffd"}
    assert found.marks == ("cut", "cleaned")
    own = check(decode_whole(as_line(text="\ud83d", marks="theirs")), NOW)
    assert (own.post.text, own.post.extra) == ("\ufffd", {"marks": "theirs"})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"\ud83d\udd25", "🔥"),
        (rb"\\ud83d", "\\ud83d"),
        (rb"\\\ud83d\udd25", "\\🔥"),
        (rb"\ud83d\uD83D\uDD25\udd25", "\ufffd🔥\ufffd"),
        (rb"\udd25\ud83d", "\ufffd\ufffd"),
        (rb"\ud83d\n\udd25", "\ufffd\n\ufffd"),
        (rb"\\\ud83d", "\\\ufffd"),
        (rb"\ud83dudd25", "\ufffdudd25"),
    ],
)
def test_only_halves_give_way_and_whole_signs_stay(written: bytes, text: str) -> None:
    found = check(decode_whole(as_line(text="?").replace(b"?", written)), NOW)
    assert found.post.text == text
    assert found.marks == (("cleaned",) if "\ufffd" in text else ())


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_that_json_can_write_is_called_broken(text: str) -> None:
    found = check(decode_whole(as_line(title="t", text=text)), NOW)
    assert found.post.text.encode().decode() == found.post.text


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x00", "\ufeff"])
def test_names_and_links_are_cleaned_as_texts_are(hidden: str) -> None:
    name = f"<b>Max</b>{hidden}"
    line = as_line(
        author={"id": name, "name": name, "location": name, "created": name},
        url=name, lang=name, in_reply_to=name, repost_of=name, links=["a", name], media=[name],
    )  # fmt: skip
    found = check(decode_whole(line), NOW)
    assert hidden not in str(found.post)
    clean = "<b>Max</b>"
    assert found.post.author == Author(clean, clean, created=clean, location=clean)
    assert found.post.links == ("a", "<b>Max</b>")
    assert found.marks == ("cleaned",)
    assert check(found.post, NOW).marks == ()


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


fields = st.sampled_from([*sorted(FIELDS), "mood"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(fields, inside, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(fields, anything, max_size=4))
def test_any_fields_are_a_post_that_can_be_stored_or_a_clear_refusal(
    changes: dict[str, object],
) -> None:
    try:
        found = check(decode_whole(as_line(**changes)), NOW)
    except BadInput as error:
        assert explain(error, "en")  # noqa: PT017 - either outcome is right, silence is not
        return
    stored = msgspec.msgpack.encode(found.post)
    assert msgspec.msgpack.decode(stored, type=Post) == found.post


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
