"""Samples of vectors against their density."""

import numpy as np

from likelinet.distributions import Distribution
from likelinet.testing.rows import ALPHA, fail


def check_vectors(d: Distribution, draws: np.ndarray) -> None:
    """Compare samples of vectors with log_prob: by counting, or by E[q(Y) / p(Y)] = 1 for another density q."""
    from scipy.stats import chi2, norm

    for i in range(d.batch_shape[0]):
        row, y = d[i], draws[:, i].astype(np.float64)
        if d.support.integer:
            values, counts = np.unique(y, axis=0, return_counts=True)
            p = np.exp(row.log_prob(values))
            common = p * len(y) > 10.0
            seen, expected = counts[common], p[common] * len(y)
            rest = len(y) - expected.sum()
            statistic = ((seen - expected) ** 2 / expected).sum() + (len(y) - seen.sum() - rest) ** 2 / max(rest, 1.0)
            wrong, ratio = chi2.sf(statistic, max(len(seen), 1)) < ALPHA, seen.sum() / expected.sum()
        else:
            z, log_slope = _unbounded(y, d.support.low, d.support.high)
            centre, factor = z.mean(0), np.linalg.cholesky(np.atleast_2d(0.5 * np.cov(z.T)))
            log_q = norm.logpdf(np.linalg.solve(factor, (z - centre).T)).sum(0) - np.log(np.diag(factor)).sum()
            ratios = np.exp(log_q + log_slope - row.log_prob(y))
            ratio, error = ratios.mean(), ratios.std() / np.sqrt(len(y))
            wrong = not abs(ratio - 1.0) < 4.5 * error + 1e-3
        if wrong:
            fail(
                d,
                f"samples and log_prob do not agree in row {i}: a constant is missing in log_prob, or the samples "
                f"follow another distribution (the density comes out {1.0 / ratio:.4g} times as large).",
            )


def _unbounded(y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors y mapped onto the whole space, and the logarithm of the map's determinant."""
    if np.allclose(y.sum(-1), 1.0, atol=1e-9) and low >= 0.0:  # shares: one of them follows from the others
        return np.log(y[:, :-1]) - np.log(y[:, -1:]), -np.log(y).sum(-1)
    if np.isfinite(low) and np.isfinite(high):
        u = (y - low) / (high - low)
        return np.log(u) - np.log1p(-u), (-np.log(u) - np.log1p(-u) - np.log(high - low)).sum(-1)
    return (np.log(y - low), -np.log(y - low).sum(-1)) if np.isfinite(low) else (y, np.zeros(len(y)))
