"""Logistic regression with L2, by accelerated gradient descent: small, and the same each time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 600


def _with_one(rows: NDArray[np.float32]) -> Floats:
    return np.hstack([rows.astype(np.float64), np.ones((len(rows), 1))])


def fit_softmax(
    rows: NDArray[np.float32], labels: NDArray[np.int64], weights: Floats, k: int, l2: float
) -> tuple[Floats, Floats]:
    """Weights [d, k] and bias [k] that minimise the weighted cross entropy + l2/2 |W|²."""
    target = np.eye(k)[labels]

    def gradient(logits: Floats) -> Floats:
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True) - target)

    return _descend(_with_one(rows), gradient, weights[:, None], k, l2, curvature=0.5)


def fit_binary(
    rows: NDArray[np.float32], target: Floats, weights: Floats, l2: float
) -> tuple[Floats, Floats]:
    """One logistic column a target: `target` and `weights` [n, k]; weights [d, k], bias [k]."""

    def gradient(logits: Floats) -> Floats:
        return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)) - target)

    return _descend(_with_one(rows), gradient, weights, target.shape[1], l2, curvature=0.25)


def _descend(
    x: Floats,
    gradient: Callable[[Floats], Floats],
    weights: Floats,
    k: int,
    l2: float,
    curvature: float,
) -> tuple[Floats, Floats]:
    scaled = weights / weights.sum(axis=0, keepdims=True)
    largest = max(float(np.linalg.eigvalsh((x * column[:, None]).T @ x)[-1]) for column in scaled.T)
    step = 1.0 / (curvature * largest + l2)
    penalty = np.full((x.shape[1], 1), l2)
    penalty[-1] = 0.0
    now = ahead = np.zeros((x.shape[1], k))
    for i in range(STEPS):
        slope = x.T @ (scaled * gradient(x @ ahead)) + penalty * ahead
        after = ahead - step * slope
        ahead = after + i / (i + 3) * (after - now)
        now = after
    return now[:-1], now[-1]
