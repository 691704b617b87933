"""The words that led to a judgement: words of the post itself, in every script."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from listen.understand.parts import Counted, post

from fenghuo.inference.usem3 import Usem3
from fenghuo.listen.understand import Explaining, Judge, Weights
from fenghuo.listen.understand.because import READ_PIECES, pieces
from fenghuo.listen.understand.text import plain


@pytest.fixture(scope="module")
def explaining(judge: Judge, weights: Weights) -> Explaining:
    return Explaining(judge, Usem3(), weights)


def words(model: Explaining, text: str) -> dict[str, tuple[str, ...]]:
    return {one.of: one.words for one in model.understand([post(text)])[0].why}


@pytest.mark.parametrize(
    "text",
    [
        "My charger made the kitchen wall black and nobody answers me",
        "充电宝昨晚把桌子弄黑了，没有人回复我",
        "机が焦げた。メーカーは返事もしない",
        "Die Mitarbeiter haben eine Kundin beschimpft",
        "บริษัทไม่รับผิดชอบเลย โต๊ะดำหมด",
        "책상이 까맣게 됐는데 아무도 답이 없어요",
        "الشركة لا ترد والطاولة سوداء",
        "Компания не отвечает, стол чёрный",
    ],
)
def test_both_judgements_name_words_that_stand_in_the_post(
    explaining: Explaining, text: str
) -> None:
    found = words(explaining, text)
    assert set(found) == {"sentiment", "crisis_type"}
    for named in found.values():
        assert named
        assert all(word.casefold() in text.casefold() for word in named)


def test_the_words_are_those_that_pull_towards_the_judgement(explaining: Explaining) -> None:
    found = words(explaining, "The shop staff insulted a customer on Tuesday at noon")
    assert "insulted" in found["crisis_type"]
    assert "Tuesday" not in found["crisis_type"]


def test_explaining_changes_nothing_but_the_words(explaining: Explaining, judge: Judge) -> None:
    given = [post("The charger caught fire"), post("lovely colour"), post("")]
    for plainly, told in zip(judge.understand(given), explaining.understand(given), strict=True):
        assert plainly.sentiment == told.sentiment
        assert plainly.crisis_type == told.crisis_type
        assert plainly.cues == told.cues
        assert [why.examples for why in plainly.why] == [why.examples for why in told.why]


def test_a_word_is_read_once_however_often_it_comes(
    counted: Counted, judge: Judge, weights: Weights
) -> None:
    explaining = Explaining(judge, counted, weights)
    explaining.understand([post("broken lamp"), post("lamp broken again")])
    explaining.understand([post("again a broken lamp")])
    assert sorted(text for asked in counted.asked for text in asked) == ["again", "broken", "lamp"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It's a well-made lamp", ("It's", "well-made", "lamp")),
        ("起火了，别碰", ("起火", "别碰")),
        ("客服的态度太差", ("客服", "态度")),
        ("充电宝起火", ("充电", "电宝", "宝起", "起火")),
        ("バッテリーが発火した", ("バッテリー", "発火した")),
        ("ไฟไหม้ห้อง", ("ไฟ", "ไหม้ห้อง")),
    ],
)
def test_pieces_are_words_or_short_runs_of_scripts_without_spaces(
    text: str, cut: tuple[str, ...]
) -> None:
    assert pieces(text) == cut


@given(st.text(max_size=400))
def test_every_piece_stands_in_its_text_and_they_are_few(text: str) -> None:
    cleaned = plain(text)
    found = pieces(cleaned)
    assert len(found) <= READ_PIECES
    assert all(piece in cleaned for piece in found)


def test_an_example_in_the_language_of_the_post_goes_before_one_about_as_near(
    judge: Judge, weights: Weights
) -> None:
    spoken = {lang: int(mask.sum()) for lang, mask in weights.examples.spoken.items()}
    assert spoken["de"] > 5
    german = "Kundendaten im Darknet gefunden, auch meine Adresse steht dort"
    kind = judge.understand([post(german)])[0].why[1]
    row = weights.examples.texts.index(kind.examples[0])
    assert np.isclose(weights.examples.spoken["de"][row], 1)
