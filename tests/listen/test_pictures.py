"""Which files are pictures that may be kept and shown."""

import struct

import pytest
from fakes.pictures import jpeg, moving_png, moving_webp, png, riff, webp
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.domain.picture import LARGEST_PICTURE
from fenghuo.listen.pictures import read_picture

WHOLE = [("png", png()), ("jpeg", jpeg()), ("webp", webp())]
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)


@pytest.mark.parametrize(("kind", "body"), WHOLE)
def test_a_picture_is_known_by_its_bytes_and_kept_as_it_is(kind: str, body: bytes) -> None:
    found = read_picture(body)
    assert (found.kind, found.body) == (kind, body)


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", SVG, b"GIF89a" + b"\0" * 40, b"%PDF-1.7", b"<html><script>alert(1)</script>",
     b"\xef\xbb\xbf" + png(), b"PK\x03\x04" + png(), b"RIFF\x04\0\0\0WAVE", b"BM" + b"\0" * 60],
)  # fmt: skip
def test_anything_else_is_refused_whatever_its_name(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"by_hand\.picture_unknown"):
        read_picture(body)


@pytest.mark.parametrize("body", [moving_png(), moving_webp()])
def test_a_moving_picture_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"by_hand\.picture_moves"):
        read_picture(body)


@pytest.mark.parametrize(("kind", "body"), WHOLE)
def test_what_stands_behind_the_end_of_a_picture_is_cut_off(kind: str, body: bytes) -> None:
    for more in (b"PK\x03\x04 a zip", b"<script>alert(1)</script>", body, b"\xff\xd9"):
        assert read_picture(body + more).body == body


@pytest.mark.parametrize(("kind", "body"), WHOLE)
def test_a_picture_that_was_cut_short_is_refused(kind: str, body: bytes) -> None:
    for end in range(12, len(body)):
        with pytest.raises(BadInput, match=r"by_hand\.picture_broken"):
            read_picture(body[:end])


@pytest.mark.parametrize(
    "body",
    [png(30_000, 30_000), jpeg(30_000, 30_000), webp(16_000, 16_000), png(0, 5), jpeg(0, 0),
     webp(2, 2, riff(b"VP8X", b"\0\0\0\0" + b"\xff" * 6))],
)  # fmt: skip
def test_a_picture_that_would_fill_the_memory_of_a_browser_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"by_hand\.picture_wide"):
        read_picture(body)


def test_a_file_of_more_than_eight_megabytes_is_refused_unread() -> None:
    with pytest.raises(BadInput, match=r"by_hand\.picture_big"):
        read_picture(png() + b"\0" * LARGEST_PICTURE)


def test_a_picture_of_which_no_size_is_told_is_refused() -> None:
    sizeless = b"\xff\xd8\xff\xfe\x00\x04ab\xff\xd9"
    headless = png()[:8] + png()[33:]
    empty = b"RIFF" + struct.pack("<I", 4) + b"WEBP"
    for body in (sizeless, headless, empty):
        with pytest.raises(BadInput, match=r"by_hand\.picture_broken"):
            read_picture(body)


@given(st.sampled_from([body for _, body in WHOLE]), st.data())
def test_whatever_is_changed_in_a_picture_it_is_read_or_refused(
    body: bytes, data: st.DataObject
) -> None:
    spoilt = bytearray(body)
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        spoilt[place] = data.draw(st.integers(0, 255))
    try:
        found = read_picture(bytes(spoilt))
    except BadInput:
        return
    assert bytes(spoilt).startswith(found.body)
    assert read_picture(found.body) == found
