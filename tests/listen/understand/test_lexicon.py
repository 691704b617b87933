"""Words are found by the boundaries of their script, and taken away by their context."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.listen.understand.lexicon import Entry, Lexicon, read

WORDS = [
    Entry("fire", "fire", "en"),
    Entry("caught fire", "fire", "en", "strong"),
    Entry("fire sale", "fire", "en", "not"),
    Entry("explod*", "fire", "en", "strong"),
    Entry("brûlé", "fire", "fr"),
    Entry("着火", "fire", "zh", "strong"),
    Entry("ไฟไหม้", "fire", "th", "strong"),
    Entry("cháy", "fire", "vi"),
    Entry("حريق*", "fire", "ar", "strong"),
    Entry("died", "death", "en"),
    Entry("phone", "death", "en", "near"),
    Entry("my father died", "death", "en", "strong"),
    Entry("gestorben", "death", "de", "strong"),
    Entry("Akku", "death", "de", "near"),
    Entry("आग", "fire", "hi"),
]
lexicon = Lexicon(WORDS)


def found(text: str) -> list[str]:
    return [hit.word for hit in lexicon.find(text)]


@pytest.mark.parametrize("text", ["fired again", "ceasefire", "bonfire night", "firewall"])
def test_a_latin_word_never_hits_inside_a_longer_one(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["it exploded", "EXPLODES!", "exploding"])
def test_a_stem_with_a_star_takes_any_ending_and_names_the_whole_word(text: str) -> None:
    assert found(text) == [text.removeprefix("it ").strip("!").casefold()]


@pytest.mark.parametrize("text", ["充电宝着火了", "เมื่อคืนไฟไหม้บ้าน"])
def test_scripts_without_spaces_are_searched_inside_the_text(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text", ["\uff26\uff29\uff32\uff25", "Fire", "🔥fire🔥", "#fire", "fire’s"]
)
def test_case_width_and_neighbours_that_are_no_letters_do_not_matter(text: str) -> None:
    assert found(text) == ["fire"]


def test_marks_may_be_left_out_where_they_make_no_other_word() -> None:
    assert found("il est brule") == ["brule"]
    assert found("il est brûlé") == ["brûlé"]


def test_marks_must_stand_in_vietnamese() -> None:
    assert found("quán chay ngon") == []
    assert found("xe bị cháy") == ["cháy"]


@pytest.mark.parametrize("text", ["حريق كبير", "والحريق كبير", "بحريق", "حرائق"])
def test_arabic_words_are_found_behind_and_the_and_with(text: str) -> None:
    assert len(found(text)) == (0 if text == "حرائق" else 1)


def test_a_phrase_takes_the_meaning_from_the_word_inside_it() -> None:
    assert found("huge fire sale today") == []
    assert found("the fire after the fire sale") == ["fire"]


def test_a_thing_close_by_takes_the_meaning_from_a_weak_word_only() -> None:
    assert found("my phone just died") == []
    assert found("he died") == ["died"]
    assert found("my father died, his phone rings") == ["my father died"]


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("mein Akku ist gestern gestorben", "weak"),
        ("mein Vater ist gestorben", "strong"),
        ("der Akku brannte, mein Vater ist gestorben", "strong"),
        ("gestorben durch einen Akku", "strong"),
    ],
)
def test_a_thing_before_a_strong_word_makes_it_weak_within_its_clause(
    text: str, force: str
) -> None:
    assert [hit.entry.force for hit in lexicon.find(text)] == [force]


def test_hindi_words_keep_to_their_borders() -> None:
    assert found("आग लग गई") == ["आग"]
    assert found("आगरा में हूं") == []


def test_an_unknown_list_in_a_word_file_is_refused() -> None:
    with pytest.raises(ValueError, match="sure"):
        read({"fire": {"en": {"sure": ["x"]}}})


@given(st.text())
def test_no_text_breaks_the_search_and_every_hit_lies_inside_it(text: str) -> None:
    for hit in lexicon.find(text):
        assert 0 <= hit.start < hit.end
        assert hit.word
