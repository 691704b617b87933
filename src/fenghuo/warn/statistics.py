"""Shared arithmetic of the detectors: tails of counts, ranges of what is usual."""

from math import exp, lgamma, log, log1p, log10

TERMS = 4000
"""At most so many terms of a tail are summed; the rest is bounded by a geometric series."""


def surprise_of_count(seen: int, mean: float, spread: float) -> float:
    """-log10 P(X >= seen) for a negative binomial count.

    `mean` > 0; `spread` is 1/r, so that variance = mean + spread * mean**2 (0 < spread).
    Source: negative-binomial tail by summing the probability mass upwards.
    """
    if seen <= mean:
        return 0.0
    r = 1.0 / spread
    log_q = -log1p(r / mean)
    log_p = -log1p(mean / r)
    first = lgamma(seen + r) - lgamma(r) - lgamma(seen + 1) + r * log_p + seen * log_q
    q = exp(log_q)
    total, term = 1.0, 1.0
    for k in range(seen, seen + TERMS):
        ratio = (k + r) / (k + 1) * q
        term *= ratio
        total += term
        if term < 1e-9 * total:
            break
    return max(0.0, -(first + log(total)) / log(10))


def surprise_of_share(hits: int, of: int, usual: float, weight: float) -> float:
    """-log10 P(X >= hits) of a beta-binomial share around `usual`, known from `weight` posts.

    Source: beta-binomial distribution, summed upwards.
    """
    if of <= 0 or hits <= usual * of:
        return 0.0
    a, b = usual * weight, (1.0 - usual) * weight
    base = lgamma(of + 1) - lgamma(of + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b)
    total = sum(
        exp(base + lgamma(k + a) + lgamma(of - k + b) - lgamma(k + 1) - lgamma(of - k + 1))
        for k in range(hits, of + 1)
    )
    return max(0.0, -log10(max(total, 1e-300)))


def usual_range(mean: float, spread: float) -> tuple[float, float]:
    """About the middle nine tenths of a count: what the page draws as usual."""
    deviation = (mean + spread * mean * mean) ** 0.5
    return max(0.0, mean - 1.3 * deviation), mean + 2.0 * deviation
