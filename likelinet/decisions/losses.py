"""What an action costs once y is known: functions of both, the common ones with their Bayes actions."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.blocks import blocks
from likelinet.core.errors import DataError, ParameterError, UndefinedError
from likelinet.core.wording import counted, listed
from likelinet.decisions.decision import Decision
from likelinet.decisions.outcomes import Outcomes, outcomes
from likelinet.decisions.search import LossFunction, best_number, best_of
from likelinet.distributions import Distribution
from likelinet.distributions.classes.labelled import encode_labels

ROWS_AT_ONCE = 4096  # each with some hundred outcomes


class Loss(ABC):
    """What an action costs: call it with actions and y, whose shapes broadcast.

    `decide` looks for the best action on a grid; a loss of which more is known says it in `decision`.
    """

    actions: Any = None  # what may be done, a list; None for any number, and where y is a class for any of these

    @abstractmethod
    def __call__(self, action: Any, y: Any) -> np.ndarray:
        """Return the cost of each action where y comes true."""

    def check_rows(self, many: int) -> None:
        """Raise where numbers of each row are not as many as the rows; a loss without any has nothing to check."""
        return

    def decision(self, d: Distribution) -> Decision:
        """Return the best action for each row of a distribution of batch shape (n,)."""
        return self.among(d, self.actions, outcomes(d))

    def among(self, d: Distribution, actions: ArrayLike | None, seen: Outcomes) -> Decision:
        """Return the best of some actions, or of all numbers, by the mean loss over outcomes."""
        if actions is None and d.class_marginals() is None:
            return best_number(self, seen, *d.row_bounds())
        return best_of(self, outcomes(d).y[:, 0] if actions is None else actions, seen)


class Function(Loss):
    """A loss that is a function of the user's."""

    def __init__(self, function: LossFunction) -> None:
        self.function = function

    def __call__(self, action: Any, y: Any) -> np.ndarray:
        return np.asarray(self.function(action, y))


class Newsvendor(Loss):
    r"""The loss of a number that is too small or too large: the pinball loss, up to a factor.

    .. math:: L(a, y) = c_u \max(y - a, 0) + c_o \max(a - y, 0)

    The Bayes action is the quantile of :math:`c_u / (c_u + c_o)`, and the expected loss a sum over the predicted
    distribution.

    Parameters
    ----------
    under : array_like
        Cost of each unit of y that is missing, above 0; one for all rows, or one for each.
    over : array_like
        Cost of each unit too many, above 0.

    Raises
    ------
    ParameterError
        If a cost is not a number above 0.

    References
    ----------
    Arrow, Harris & Marschak, *Econometrica* 19, 1951.

    Examples
    --------
    >>> import likelinet as ll
    >>> found = ll.decide(ll.Exponential([1.0, 0.1]), Newsvendor(under=3.0, over=1.0))
    >>> found.action.round(3).tolist()
    [1.386, 13.863]
    """

    def __init__(self, under: ArrayLike, over: ArrayLike) -> None:
        self.under, self.over = (_cost(c, name) for c, name in ((under, "under"), (over, "over")))

    def __call__(self, action: Any, y: Any) -> np.ndarray:
        away = np.subtract(y, action)
        return np.maximum(self.under * away, -self.over * away)

    def check_rows(self, many: int) -> None:
        _check_of_rows("Newsvendor", {"under": self.under, "over": self.over}, many)

    def decision(self, d: Distribution) -> Decision:
        short, over = (np.broadcast_to(c / (self.under + self.over), d.batch_shape) for c in (self.under, self.over))
        numbers = d.as_numbers()
        # From either end, so that a quantile far out keeps its digits.
        action = np.where(short < 0.5, numbers.ppf(np.minimum(short, 0.5)), numbers.isf(np.minimum(over, 0.5)))
        expected = np.empty(d.batch_shape)
        for rows in blocks(len(action), ROWS_AT_ONCE):
            costs = (np.broadcast_to(c, d.batch_shape)[rows] for c in (self.under, self.over))
            seen = outcomes(d[rows])
            expected[rows] = seen.mean(Newsvendor(*costs)(action[rows], seen.y))
        mean = _mean(numbers)
        expected = np.where(np.isnan(expected) | np.isfinite(mean), expected, np.inf)
        return Decision(action, expected, expected)


class Absolute(Newsvendor):
    r"""The absolute error, :math:`L(a, y) = |a - y|`, of which the Bayes action is the median.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.decide(ll.Laplace(1.0, 2.0), Absolute()).action)
    1.0
    """

    def __init__(self) -> None:
        super().__init__(1.0, 1.0)


class Squared(Loss):
    r"""The squared error, :math:`L(a, y) = (a - y)^2`, of which the Bayes action is the mean and the cost the variance.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.decide(ll.Gamma(2.0, rate=0.5), Squared()).expected_loss)
    8.0
    """

    def __call__(self, action: Any, y: Any) -> np.ndarray:
        return np.subtract(y, action) ** 2

    def decision(self, d: Distribution) -> Decision:
        if d.is_angle:
            raise UndefinedError("Squared: y is an angle, which has no squared error; decide by a function of yours.")
        d = d.as_numbers()
        usable = True if d.unusable is None else ~d.unusable
        variance = d.var()
        variance = np.where(np.isnan(variance) & usable, np.inf, variance)
        return Decision(d.mean(), variance, variance)


class Costs(Loss):
    """The cost of each action for each class.

    Parameters
    ----------
    costs : array_like, shape (actions, classes)
        Finite numbers.
    actions : sequence, optional
        What the actions are called; by default they are numbered from 0.
    classes : sequence, optional
        The class of each column; by default the classes of the distribution, in their order.

    Raises
    ------
    ParameterError
        If the costs are no matrix of finite numbers, or there are more or fewer names.

    References
    ----------
    Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001.

    Examples
    --------
    >>> import likelinet as ll
    >>> treat = Costs([[0.0, 10.0], [1.0, 0.0]], actions=["wait", "treat"])
    >>> ll.decide(ll.Bernoulli(probs=[0.05, 0.2]), treat).action.tolist()
    ['wait', 'treat']
    """

    actions: np.ndarray

    def __init__(self, costs: ArrayLike, actions: Sequence | None = None, classes: Sequence | None = None) -> None:
        self.costs = _matrix(costs, "Costs")
        rows, columns = self.costs.shape
        self.actions = np.arange(rows) if actions is None else np.asarray(actions)
        self.classes = None if classes is None else np.asarray(classes)
        for names, what, many in ((self.actions, "actions", rows), (self.classes, "classes", columns)):
            if names is not None and (names.shape != (many,) or len(np.unique(names)) < many):
                raise ParameterError(
                    f"Costs: {what} must be {many} different names, as the costs are {rows} x {columns}."
                )

    def __call__(self, action: Any, y: Any) -> np.ndarray:
        known = np.arange(self.costs.shape[1]) if self.classes is None else self.classes
        rows, columns = encode_labels(np.asarray(action), self.actions), encode_labels(np.asarray(y), known)
        if np.any(rows < 0):
            raise DataError(f"Costs: an action is none of {listed(list(map(str, self.actions)))}.")
        if np.any(columns < 0):
            advice = "; give classes, the label of each column" if self.classes is None else ""
            raise DataError(f"Costs: a y is none of {listed(list(map(str, known)))}{advice}.")
        return self.costs[rows, columns]

    def decision(self, d: Distribution) -> Decision:
        classes = d.class_marginals()
        if classes is None:
            raise UndefinedError(
                f"Costs: it is for classes, and {type(d).__name__} predicts numbers; take Threshold for y above one."
            )
        p = classes.class_probabilities()
        costs = self.costs[:, self._columns(classes.classes, p.shape[-1])]
        each = np.sum(p[:, None, :] * costs, axis=-1)
        best = each.min(axis=1)
        return Decision(self.actions[each.argmin(axis=1)], best, best - np.sum(p * costs.min(axis=0), axis=-1))

    def _columns(self, labels: Any, many: int) -> np.ndarray:
        """Return the column of the costs of each class of a distribution."""
        labels = np.arange(many) if labels is None else np.asarray(labels)
        known = labels if self.classes is None else self.classes
        at = encode_labels(labels, known) if len(known) == many else np.array([-1])
        if self.costs.shape[1] != many or np.any(at < 0):
            named = "" if self.classes is None else f", {listed(list(map(str, known)))}"
            raise DataError(
                f"Costs: a column for each of the {many} classes {listed(list(map(str, labels)))} is needed, "
                f"and it has {self.costs.shape[1]}{named}."
            )
        return at


class Threshold(Loss):
    """The cost of acting or not, where y will lie above a number or not: the action is True or False.

    Parameters
    ----------
    at : array_like
        The number; one for all rows, or one for each.
    costs : array_like, shape (2, 2)
        Without acting and with it, of y ≤ at and of y > at: ``[[0, missed], [false_alarm, 0]]`` for instance.

    Raises
    ------
    ParameterError
        If the costs are no 2 x 2 finite numbers.

    Examples
    --------
    >>> import likelinet as ll
    >>> close_the_road = Threshold(at=3.0, costs=[[0.0, 30.0], [2.0, 5.0]])
    >>> ll.decide(ll.Gumbel([0.0, 2.0], 1.0), close_the_road).action.tolist()
    [False, True]
    """

    actions = (False, True)

    def __init__(self, at: ArrayLike, costs: ArrayLike) -> None:
        self.at, self.costs = np.asarray(at, dtype=np.float64), _matrix(costs, "Threshold")
        if self.costs.shape != (2, 2):
            raise ParameterError(
                "Threshold: costs must be [[y ≤ at, y > at] without acting, [y ≤ at, y > at] with it], "
                f"got shape {self.costs.shape}."
            )

    def __call__(self, action: Any, y: Any) -> np.ndarray:
        act = np.asarray(action)
        strange = ~np.isin(act, (0, 1))
        if strange.any():
            raise DataError(f"Threshold: an action is False or True, to act, and not '{act[strange][0]}'.")
        return self.costs[act.astype(np.int64), (np.asarray(y) > self.at).astype(np.int64)]

    def check_rows(self, many: int) -> None:
        _check_of_rows("Threshold", {"at": self.at}, many)

    def decision(self, d: Distribution) -> Decision:
        d = d.as_numbers()
        p = np.stack([d.cdf(self.at), d.sf(self.at)], axis=-1)
        each = np.sum(p[:, None, :] * self.costs, axis=-1)
        best = each.min(axis=1)
        return Decision(each[:, 1] < each[:, 0], best, best - np.sum(p * self.costs.min(axis=0), axis=-1))


def _check_of_rows(loss: str, numbers: dict[str, np.ndarray], many: int) -> None:
    for name, values in numbers.items():
        if values.shape not in ((), (1,), (many,)):
            raise DataError(
                f"{loss}: {name} must be one number, or one for each of the {counted(many, 'row')}, "
                f"got shape {values.shape}."
            )


def _cost(value: ArrayLike, name: str) -> np.ndarray:
    try:
        cost = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        cost = np.asarray(np.nan)
    if not np.all((cost > 0.0) & (cost < np.inf)):
        raise ParameterError(f"Newsvendor: {name} must be a number above 0, got {value!r:.60}.")
    return cost


def _matrix(costs: ArrayLike, what: str) -> np.ndarray:
    try:
        matrix = np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.asarray(np.nan)
    if matrix.ndim != 2 or not matrix.size or not np.isfinite(matrix).all():
        raise ParameterError(f"{what}: costs must be a matrix of finite numbers, got {costs!r:.60}.")
    return matrix


def _mean(d: Distribution) -> np.ndarray | float:
    """Return the mean, which the expected loss needs; of a family of the user's without one, nothing is known."""
    try:
        return d.linear_moments()[0]
    except UndefinedError:
        return 0.0
