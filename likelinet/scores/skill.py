"""How much better a prediction is than one that knows nothing of x."""

from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution, Interval
from likelinet.scores.calibration import log_prob, marginals
from likelinet.scores.censored_crps import censored_crps


def skill(
    scores: Mapping[str, float], marginal: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None = None
) -> dict[str, float]:
    r"""Return by how much scores are better than those of the marginal distribution of y.

    .. math:: \text{nll\_skill} = \mathrm{nll}_0 - \mathrm{nll}, \qquad
              \text{crps\_skill} = 1 - \frac{\mathrm{crps}}{\mathrm{crps}_0}

    Parameters
    ----------
    scores : mapping
        What `evaluate` gives for the predictions.
    marginal : Distribution
        What is predicted for the same rows without x.
    y : ndarray or Interval
        What was observed.
    weight : ndarray, shape (n,), optional
        Weight of each row.

    Returns
    -------
    dict
        The `nll_skill`, in nats per row, and the `crps_skill`, a share, where both have a CRPS; 0 is as good as the
        marginal distribution, and below 0 worse.

    References
    ----------
    Gneiting & Raftery, *JASA* 102, 2007, section 2.3 (skill scores).

    Examples
    --------
    >>> import likelinet as ll
    >>> from likelinet.scores import evaluate
    >>> y = np.array([0.0, 2.0])
    >>> found = skill(evaluate(ll.Gaussian(y, 1.0), y), ll.Gaussian([1.0, 1.0], 1.0), y)
    >>> {name: round(value, 4) for name, value in found.items()}
    {'nll_skill': 0.5, 'crps_skill': 0.6121}
    """
    return gained(scores, marginal_scores(marginal, y, weight, "crps" in scores))


def marginal_scores(
    marginal: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None, crps: bool
) -> dict[str, float]:
    """Return the nll, and maybe the crps, of the marginal distribution of y, as far as it has them."""
    with np.errstate(invalid="ignore"):
        found = {"nll": -_mean(log_prob(marginal, y), weight)}
        if crps:
            with suppress(UndefinedError):  # a family of the user's may have log_prob alone
                found["crps"] = _crps(marginal, y, weight)
    return found


def gained(scores: Mapping[str, float], without_x: Mapping[str, float]) -> dict[str, float]:
    """Return by how much scores are better than those of the marginal distribution, where both have one."""
    with np.errstate(invalid="ignore"):  # of infinite ones
        gain = float(np.subtract(without_x["nll"], scores["nll"]))
    found = {} if np.isnan(gain) else {"nll_skill": gain}
    if "crps" in scores and 0.0 < without_x.get("crps", 0.0) < np.inf:
        found["crps_skill"] = float(1.0 - scores["crps"] / without_x["crps"])
    return found


def _crps(d: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None) -> float:
    """Return the mean CRPS of rows, and of several outputs over these; nan for what `evaluate` scores otherwise."""
    if d.is_angle:  # around the mean direction of each row, which the marginal distribution may not have
        return np.nan
    if isinstance(y, Interval) and not y.exact.all():
        each = marginals(d)
        outputs = [(each[:, j], y[:, j]) for j in range(y.shape[1])] if d.event_shape else [(each, y)]
        return float(np.mean([_mean(censored_crps(own, seen), weight) for own, seen in outputs]))
    return _mean(d.crps(y.lower if isinstance(y, Interval) else y), weight)


def _mean(values: np.ndarray, weight: np.ndarray | None) -> float:
    values = np.asarray(values, dtype=np.float64)
    return float(np.average(values.reshape(len(values), -1).mean(1), weights=weight))
