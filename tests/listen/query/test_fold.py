"""Folding: what it takes away, what it must leave, and that the fast way equals the definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.listen.query.fold import fold, fold_slowly
from fenghuo.listen.query.units import Segment, aligned

FOLDED = {
    "My NUVOLT": "my nuvolt",
    "Café naïve": "cafe naive",
    "cafe\u0301": "cafe",
    "Straße": "strasse",
    "\uff33\uff34": "st",
    "Tiếng Việt": "tieng viet",
    "İstanbul \u0131s\u0131": "istanbul isi",
    "Ёлка елка": "елка елка",
    "Ἀθῆναι": "αθηναι",
    "احتراقٌ": "احتراق",
    "\u0623\u0625\u0622": "\u0627\u0627\u0627",
    "شـــاحن": "شاحن",
    "שָׁלוֹם": "שלום",
    "ｶﾞｷﾞ": "ガギ",
    "ㄱㅏ": "가",
    "nu\u200bvolt\u00ad\ufeff": "nuvolt",
    "\u202enuvolt\u2069": "nuvolt",
    "👍🏽 ❤\ufe0f": "👍 ❤",
    "👩\u200d💻": "👩\u200d💻",
    "شا\u200cحن क\u200dष": "شاحن कष",
    "Nuvolt™": "nuvolt ",
    "充電，充电！": "充電,充电!",
}
# Stripping marks in general would break these.
KEPT = ["がぎぐ", "हिन्दी", "ที่ชาร์จ", "កម្ពុជា", "မြန်မာ", "й", "ئ ؤ", "காபி"]


@pytest.mark.parametrize("text", FOLDED)
def test_folding_takes_away_what_writers_do_not_mean(text: str) -> None:
    assert fold(text) == FOLDED[text]


@pytest.mark.parametrize("text", KEPT)
def test_folding_leaves_marks_that_make_another_letter(text: str) -> None:
    assert fold(text) == text


def test_sara_am_is_the_same_written_whole_or_in_two() -> None:
    assert fold("น\u0e49\u0e33") == fold("น\u0e49\u0e4d\u0e32")


_PIECES = st.sampled_from(
    [
        *(*FOLDED, *KEPT, "e", "\u0301", "\u0308", "\u05b0", "\u064e", "\u0654", "ي", "\u3099"),
        *("か", "\u200d", "\ufe0f", "🏽", "👩", "♀", "\u200b", "\u02bc", "ª", "ﬁ", "ﷺ", "\u03a3"),
        *("1\ufe0f\u20e3", "ς"),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))


@given(TEXTS)
def test_folding_twice_changes_nothing_and_the_fast_way_is_the_definition(text: str) -> None:
    folded = fold(text)
    assert folded == fold_slowly(text)
    assert fold(folded) == folded


@given(TEXTS)
def test_folding_piece_by_piece_gives_the_same_and_each_character_has_a_place(text: str) -> None:
    folded, starts, ends = aligned(text)
    assert folded == fold(text)
    assert len(folded) == len(starts) == len(ends)
    assert starts == sorted(starts)
    assert all(0 <= a < b <= len(text) for a, b in zip(starts, ends, strict=True))


@given(TEXTS)
def test_a_place_leads_back_to_text_that_folds_to_the_unit(text: str) -> None:
    segment = Segment(text)
    for number, unit in enumerate(segment.units):
        start, end = segment.place((number, number + 1))
        assert unit.text in fold(segment.original[start:end])
