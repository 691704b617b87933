"""Tails of counts against sums done the slow way."""

from math import comb, exp, lgamma, log, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.warn.statistics import surprise_of_count, surprise_of_share, usual_range


def slow_tail(seen: int, mean: float, spread: float) -> float:
    r = 1 / spread
    below = sum(
        exp(
            lgamma(k + r) - lgamma(r) - lgamma(k + 1)
            + r * log(r / (r + mean)) + k * log(mean / (r + mean))
        )
        for k in range(seen)
    )  # fmt: skip
    return 1 - below


@given(st.integers(1, 60), st.floats(0.1, 20), st.floats(0.05, 4))
def test_surprise_of_a_count_is_its_negative_binomial_tail(
    seen: int, mean: float, spread: float
) -> None:
    tail = slow_tail(seen, mean, spread)
    if seen > mean and tail > 1e-9:
        assert surprise_of_count(seen, mean, spread) == pytest.approx(-log10(tail), abs=1e-3)


@given(st.integers(1, 500), st.floats(0.02, 100), st.floats(0.05, 4))
def test_one_more_post_never_surprises_less(seen: int, mean: float, spread: float) -> None:
    more = surprise_of_count(seen + 1, mean, spread)
    assert more >= surprise_of_count(seen, mean, spread) - 1e-9


def test_what_is_usual_surprises_nobody() -> None:
    assert surprise_of_count(3, 3.0, 0.5) == 0.0
    assert surprise_of_share(3, 10, 0.3, 50) == 0.0
    assert surprise_of_share(0, 0, 0.3, 50) == 0.0


def test_a_share_known_very_well_is_a_binomial_tail() -> None:
    tail = sum(comb(20, k) * 0.3**k * 0.7 ** (20 - k) for k in range(15, 21))
    assert surprise_of_share(15, 20, 0.3, 1e7) == pytest.approx(-log10(tail), abs=1e-2)


@given(st.floats(0.02, 1000), st.floats(0.05, 4))
def test_the_usual_range_holds_its_mean(mean: float, spread: float) -> None:
    low, high = usual_range(mean, spread)
    assert 0 <= low <= mean <= high
