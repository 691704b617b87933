"""A word and a text that means it; neither alone."""

import numpy as np

from fenghuo.domain.understanding import CUES
from fenghuo.listen.understand.cues import CueScale, Found, gather, weigh
from fenghuo.listen.understand.heads import Head
from fenghuo.listen.understand.lexicon import Entry, Hit

SCALE = CueScale()


def hit(of: str, word: str, *, lang: str = "en", strong: bool = False, at: int = 0) -> Hit:
    entry = Entry(word, of, lang, "strong" if strong else "weak")
    return Hit(entry, at, at + len(word), word)


def head(value: float) -> Head:
    """A head that answers `value` for every cue."""
    size = len(CUES)
    return Head(CUES, np.zeros((2, size), np.float32), np.full(size, value, np.float32))


def p(found: Found, value: float, *, read: bool = True) -> float:
    cues = weigh([found], np.ones((1, 2), np.float32), head(value), SCALE, read)
    return cues[0].p if cues else 0.0


def test_a_strong_phrase_weighs_more_than_a_weak_word() -> None:
    assert p(Found("fire", True, ("caught fire",), 0), 0.0) > 0.5
    assert p(Found("fire", False, ("fire",), 0), 0.0) < 0.5


def test_a_text_that_does_not_mean_it_silences_even_a_strong_phrase() -> None:
    assert p(Found("fire", True, ("in flames",), 0), -4.0) < 0.5


def test_in_a_language_that_the_encoder_does_not_read_the_words_decide() -> None:
    assert p(Found("fire", True, ("bốc cháy",), 0), -9.0, read=False) >= 0.5
    assert p(Found("fire", False, ("cháy",), 0), 9.0, read=False) < 0.5


def test_a_child_that_is_only_mentioned_counts_less_than_one_beside_harm() -> None:
    child = Found("child", False, ("kids",), 0)
    alone = weigh([child], np.ones((1, 2), np.float32), head(1.0), SCALE, True)
    harm = Found("injury", False, ("vomiting",), 9)
    beside = weigh([harm, child], np.ones((2, 2), np.float32), head(1.0), SCALE, True)
    assert alone[0].p < 0.5 < beside[1].p


def test_two_cues_of_harm_support_each_other() -> None:
    death = Found("death", False, ("passed away",), 0)
    poisoned = Found("injury", True, ("carbon monoxide",), 20)
    together = weigh([poisoned, death], np.ones((2, 2), np.float32), head(0.3), SCALE, True)
    assert together[0].p > p(poisoned, 0.3)
    assert p(death, 0.3) < 0.5 < together[1].p


def test_a_child_beside_one_cue_of_harm_is_no_second_cue_of_harm() -> None:
    child = Found("child", False, ("kids",), 0)
    harm = Found("injury", False, ("vomiting",), 9)
    beside = weigh([harm, child], np.ones((2, 2), np.float32), head(1.0), SCALE, True)
    assert beside[0].p == p(harm, 1.0)


def test_a_cue_that_hardly_shows_is_not_reported() -> None:
    assert p(Found("fire", False, ("fire",), 0), -6.0) == 0.0


def test_a_lone_latin_word_counts_only_in_its_own_language() -> None:
    assert gather([hit("fire", "brand", lang="de")], "en") == []
    assert len(gather([hit("fire", "brand", lang="de")], "de")) == 1
    assert len(gather([hit("fire", "brand", lang="de")], "")) == 1


def test_a_strong_phrase_or_a_script_of_its_own_counts_in_any_language() -> None:
    kept = gather(
        [hit("fire", "caught fire", strong=True), hit("fire", "着火", lang="zh", at=20)], "de"
    )
    assert kept[0].words == ("caught fire", "着火")


def test_a_word_inside_a_longer_phrase_is_not_named_again() -> None:
    hits = [hit("fire", "caught fire", strong=True), hit("fire", "fire", at=7)]
    assert gather(hits, "en")[0].words == ("caught fire",)


def test_topic_words_are_no_cues() -> None:
    assert gather([hit("negative", "awful")], "en") == []
