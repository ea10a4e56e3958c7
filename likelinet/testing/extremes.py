"""Whether a loss stands very large raw outputs of a network."""

import numpy as np

from likelinet.config.links import default_link, link_of
from likelinet.core.errors import ParameterError
from likelinet.distributions import Distribution
from likelinet.testing.rows import fail, full

EXTREME, LARGE = 50.0, 10.0  # raw outputs at which a loss must not be NaN, and at which it must be finite


def check_extremes(d: Distribution, y: np.ndarray) -> None:
    """Check the loss, and its gradient in the raw outputs, where the network's outputs are very large."""
    rng = np.random.default_rng(0)
    for size in (LARGE, EXTREME):
        row = rng.integers(0, len(y), 300)
        params, backs = [], []
        for p, value in zip(d.parameters, full(d), strict=True):
            if not p.learned:
                params.append(value[row])
                continue
            link = link_of(p, default_link(p))
            raw = size * rng.choice([-1.0, 0.0, 1.0], (300, *link.inverse(value[:1]).shape[1:]))
            moved, back = link.forward(raw)
            params.append(moved)
            backs.append((p, moved, back))
        with np.errstate(all="ignore"):
            try:
                values, backward = d.loss(tuple(params), y[row])
                grads = dict(zip([p.name for p in d.parameters], backward(np.ones(300)), strict=True))
            except ParameterError as error:
                fail(d, f"raw network outputs of ±{size:g} give parameters that it refuses ({error})")
            bad = ~np.isfinite(values) if size == LARGE else np.isnan(values)
            for p, _, back in backs:
                if d.has_loss and not bad.any():
                    nan = np.isnan(back(grads[p.name]))
                    nan = nan.any(axis=tuple(range(1, nan.ndim)))
                    if nan.any():
                        fail(d, f"the gradient of loss in {p.name} is NaN {_at(d, params, y[row], nan, size)}")
        if bad.any():
            kind = "NaN" if np.isnan(values[bad][0]) else f"{values[bad][0]:g}"
            fail(
                d,
                f"-log_prob is {kind} {_at(d, params, y[row], bad, size)} Write it without exponentials that overflow "
                "and without the logarithm of a density or probability that underflows.",
            )


def _at(d: Distribution, params: list[np.ndarray], y: np.ndarray, bad: np.ndarray, size: float) -> str:
    i = int(bad.argmax())
    inside = ", ".join(f"{p.name} = {v[i]:.6g}" for p, v in zip(d.parameters, params, strict=True) if not v[i].ndim)
    return f"at y = {shown(y[i])}{', ' * bool(inside)}{inside}, as raw network outputs of up to ±{size:g} give."


def shown(y: np.ndarray) -> str:
    """Return y, a number or a vector, in six digits."""
    return np.array2string(np.asarray(y), precision=6)
