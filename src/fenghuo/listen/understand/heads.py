"""Logistic heads over the encoder's vectors, and the rounding of their probabilities."""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
UNIT = 10_000
"""Probabilities are given to four decimals."""


class Head(msgspec.Struct, frozen=True):
    """A linear layer: `weights` float32 [d, k], `bias` float32 [k], one label a column."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def logits(self, vectors: Floats) -> Floats:
        """[n, k] for vectors [n, d]."""
        return np.asarray(vectors @ self.weights + self.bias, np.float32)

    def probabilities(self, vectors: Floats) -> NDArray[np.int64]:
        """Softmax in ten-thousandths, int [n, k]; each row sums to 10,000 exactly."""
        logits = self.logits(vectors).astype(np.float64)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return ten_thousandths(shares / shares.sum(axis=1, keepdims=True))


def ten_thousandths(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of shares that sum to 1, as whole ten-thousandths that sum to 10,000.

    The rest goes to the largest remainders, so no share moves by more than one unit.
    """
    scaled = shares * UNIT
    whole = np.floor(scaled).astype(np.int64)
    rest = UNIT - whole.sum(axis=1)
    order = np.argsort(whole - scaled, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(shares.shape[1])[None, :], axis=1)
    whole += places < rest[:, None]
    return whole


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-x), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


def to_int8(vectors: Floats) -> NDArray[np.int8]:
    """Unit vectors times 127, rounded: what a mention keeps."""
    return np.asarray(np.rint(np.clip(vectors, -1, 1) * 127), np.int8)
