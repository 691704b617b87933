"""Probabilities that sum to one, whatever the logits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from fenghuo.listen.understand.heads import UNIT, Head, sigmoid, ten_thousandths, to_int8

logits = arrays(np.float64, (3, 7), elements=st.floats(-40, 40))


@given(logits)
def test_rounded_shares_sum_to_one_exactly_and_move_by_less_than_a_unit(
    scores: NDArray[np.float64],
) -> None:
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    units = ten_thousandths(shares)
    assert (units.sum(axis=1) == UNIT).all()
    assert (units >= 0).all()
    assert np.abs(units / UNIT - shares).max() < 1 / UNIT + 1e-9


def test_the_largest_logit_gets_the_largest_share() -> None:
    head = Head(("a", "b"), np.array([[1.0, -1.0]], np.float32), np.zeros(2, np.float32))
    units = head.probabilities(np.array([[2.0], [-2.0]], np.float32))
    assert units.argmax(axis=1).tolist() == [0, 1]


def test_a_batch_gives_the_rows_that_each_text_gives_alone() -> None:
    rng = np.random.default_rng(5)
    head = Head(("a", "b", "c"), rng.normal(size=(8, 3)).astype(np.float32), np.ones(3, np.float32))
    vectors = rng.normal(size=(5, 8)).astype(np.float32)
    alone = np.vstack([head.probabilities(vectors[i : i + 1]) for i in range(5)])
    assert np.abs(alone - head.probabilities(vectors)).max() <= 1


def test_a_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_a_stored_vector_keeps_its_direction() -> None:
    vector = np.random.default_rng(1).normal(size=(1, 512)).astype(np.float32)
    vector /= np.linalg.norm(vector)
    back = to_int8(vector).astype(np.float32)
    assert float((vector @ back.T)[0, 0] / np.linalg.norm(back)) > 0.99
