"""The action of the least expected loss."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError, UndefinedError
from likelinet.decisions.decision import Decision
from likelinet.decisions.losses import Function, Loss
from likelinet.decisions.outcomes import outcomes
from likelinet.decisions.search import LossFunction
from likelinet.distributions import Distribution


def decide(
    d: Distribution,
    loss: Loss | LossFunction,
    actions: ArrayLike | None = None,
    *,
    samples: int | None = None,
    seed: int | None = None,
) -> Decision:
    r"""Return the Bayes action of each row, its expected loss, and what knowing y would be worth.

    .. math:: a^* = \arg\min_a E[L(a, Y)], \qquad
              \underbrace{E[L(a^*, Y)] - E[\min_a L(a, Y)]}_\text{value of perfect information}

    Parameters
    ----------
    d : Distribution
        What y may be: a number or a class, of batch shape (n,) or ().
    loss : Loss or callable
        `Newsvendor`, `Absolute`, `Squared`, `Costs`, `Threshold`, which know their Bayes actions; or a function
        loss(action, y) of arrays whose shapes broadcast: y has shape (k, n), and an action is one of `actions`, or an
        array with one for each row. So it may hold arrays of shape (n,), as prices of each row.
    actions : array_like, shape (a,), optional
        All that may be done. Without it, that is any number within the bounds of y, or any of the classes where y is
        one: numbers are looked for on a grid of quantiles of each row and farther out, refined around the best one.
    samples : int, optional
        Take the mean over so many draws of y. By default it is a sum over all classes, over counts, or over quantiles
        of a number, in about 400 cells: an error of up to 1/400 in the probability of either side of a jump of the
        loss, for which there is `Threshold`, and of far less for losses without jumps.
    seed : int, optional
        For the same draws again.

    Returns
    -------
    Decision
        The action of each row, its expected loss, and what it is worth to know more.

    Raises
    ------
    DataError
        If the loss returns something else than a number for each y, falls without end, or has numbers of other rows;
        or `actions` are none.
    UndefinedError
        If y is a vector, or has no such loss.

    References
    ----------
    Berger, *Statistical Decision Theory and Bayesian Analysis* (1985); Raiffa & Schlaifer, *Applied Statistical
    Decision Theory* (1961), chapter 4.5, for the value of information.

    Examples
    --------
    A price for what sells with a probability that falls with it:

    >>> import likelinet as ll
    >>> worth = ll.Gaussian([10.0, 20.0], 2.0)  # what a buyer is ready to pay
    >>> found = ll.decide(worth, lambda price, y: -price * (price <= y), np.arange(1, 30))
    >>> found.action.tolist(), found.expected_loss.round(1).tolist()
    ([8, 17], [-6.7, -15.9])
    """
    d = d.censored_outermost()
    if d.event_shape:
        raise UndefinedError(
            "decide: each y is a vector; decide by one of its outputs, as d.marginals()[:, j], or by draws of your own."
        )
    if len(d.batch_shape) > 1:
        raise DataError(f"decide: distributions must have one axis of rows, got batch_shape {d.batch_shape}.")
    if not callable(loss):
        raise DataError(f"decide: loss must be a function of action and y, or a Loss, got {loss!r:.60}.")
    if samples is not None and (not isinstance(samples, int | np.integer) or samples < 1):
        raise DataError(f"decide: samples must be a whole number, 1 or more, got {samples!r:.60}.")
    loss = loss if isinstance(loss, Loss) else Function(loss)
    rows = d.flattened(d.batch_shape or (1,))
    loss.check_rows(*rows.batch_shape)
    if actions is None and samples is None:
        made = loss.decision(rows)
    else:
        made = loss.among(rows, loss.actions if actions is None else actions, outcomes(rows, samples, seed))
    return made if d.batch_shape else _of_one(made)


def _of_one(made: Decision) -> Decision:
    """Return the decision about the only row without its axis."""
    action, expected, value = made.action[0], made.expected_loss[0], made.value_of_perfect_information[0]
    return replace(made, action=action, expected_loss=expected, value_of_perfect_information=value)
