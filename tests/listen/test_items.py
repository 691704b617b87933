"""A body is cut into the same items however it comes, and an item that is wrong harms no other."""

import gzip
import json
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen.intake import LINE_LONGEST
from fenghuo.listen.items import Items, items_of

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=12,
)


def in_parts(body: bytes, size: int) -> list[bytes]:
    items = Items()
    found = []
    for begin in range(0, len(body), size):
        found += items.feed(body[begin : begin + size])
    return [*found, *items.end()]


@given(st.lists(values, max_size=8), st.integers(1, 30), st.booleans(), st.booleans())
def test_an_array_gives_its_elements_however_the_body_is_cut(
    elements: list[object], size: int, ascii_only: bool, spread: bool
) -> None:
    body = json.dumps(elements, ensure_ascii=ascii_only, indent=2 if spread else None)
    found = in_parts(body.encode("utf8", "surrogatepass"), size)
    assert [json.loads(item) for item in found] == json.loads(body)


@given(st.lists(st.dictionaries(st.text(), values, max_size=3)), st.integers(1, 30))
def test_lines_give_one_item_each_however_the_body_is_cut(
    elements: list[object], size: int
) -> None:
    body = "".join(json.dumps(element) + "\n" for element in elements).encode()
    assert [json.loads(item) for item in in_parts(body, size)] == elements


@given(st.binary(max_size=60), st.integers(1, 9))
def test_any_bytes_are_cut_alike_in_parts_and_whole(body: bytes, size: int) -> None:
    for begun in (body, b"[" + body, b'[{"a":"' + body + b'"}]'):
        told: list[object] = []
        for cut in (lambda b: in_parts(b, size), items_of):
            try:
                told.append(cut(begun))
            except BadInput as error:
                told.append((error.key, dict(error.values)))
        assert told[0] == told[1]


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize(
    ("body", "key"),
    [
        (gzip.compress(b'{"a":1}'), "intake.packed"),
        (lzma.compress(b'{"a":1}'), "intake.packed"),
        (b"PK\x03\x04 and so on", "intake.packed"),
        (json.dumps({"a": 1, "b": [2]}, indent=2).encode(), "intake.one_a_line"),
        (b'\n{ \r\n\r\n\t"a": 1,\r\n"b":2}\n{"c":3}', "intake.one_a_line"),
    ],
)
def test_what_has_no_line_that_is_a_post_is_refused_once(body: bytes, key: str, size: int) -> None:
    with pytest.raises(BadInput) as caught:
        in_parts(body, size)
    assert caught.value.key == key
    assert all(explain(caught.value, language) for language in LANGUAGES)


@pytest.mark.parametrize(
    "body", [b"{", b"P", b'{\n{"a":1}', b'"a"\n{"a":1}', b'{\n5\n"a"', b"\x1f"]
)
def test_lines_that_only_begin_so_are_items_like_others(body: bytes) -> None:
    assert items_of(body) == body.split(b"\n")


def test_an_element_that_is_no_post_leaves_the_others_whole() -> None:
    body = b'[{"a":1}, 5, "x,]}", {"b":} , nul, {"c":[{"d":"\\""}]}]'
    assert items_of(body) == [
        b'{"a":1}', b"5", b'"x,]}"', b'{"b":}', b"nul", b'{"c":[{"d":"\\""}]}',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "key", "item", "byte"),
    [
        (b'[{"a":1},{"b":]},{"c":3}]', "intake.array_broken", 1, 15),
        (b'[{"a":1} {"b":1}]', "intake.array_broken", 1, 10),
        (b'[{"a":1},]', "intake.array_broken", 1, 10),
        (b"[1] 2", "intake.array_broken", 1, 5),
        (b"\xef\xbb\xbf [1}", "intake.array_broken", 0, 7),
        (b"[", "intake.array_open", 0, 1),
        (b'[{"a":1},{"b":"', "intake.array_open", 1, 15),
    ],
)
def test_an_array_that_is_broken_is_refused_with_the_place(
    body: bytes, key: str, item: int, byte: int
) -> None:
    with pytest.raises(BadInput) as caught:
        items_of(body)
    assert (caught.value.key, caught.value.values) == (key, {"item": item, "byte": byte})
    for language in LANGUAGES:
        assert str(byte) in explain(caught.value, language)


@pytest.mark.parametrize("body", [b'{"a":"%s"}\n{"b":1}', b'[{"a":"%s"},{"b":1}]'])
def test_an_item_without_end_is_held_no_longer_than_it_may_be(body: bytes) -> None:
    huge, small = in_parts(body % (b"x" * (LINE_LONGEST + 500_000)), 1_000_000)
    assert len(huge) == LINE_LONGEST + 1
    assert small == b'{"b":1}'


def test_brackets_without_end_are_one_item() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert items_of(b'[{"a":1},' + deep + b',{"b":1}]') == [b'{"a":1}', deep, b'{"b":1}']


@pytest.mark.parametrize("body", [b"", b" \n ", b"\xef\xbb\xbf", b"[]", b" [ ] "])
def test_a_body_without_items_holds_none(body: bytes) -> None:
    assert items_of(body) == []
