"""A mixture of distributions of several families."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.core.wording import in_brief
from likelinet.distributions.base.by_rows import sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.operands import check_base
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import Rng, broadcast, generator_of, shape_of
from likelinet.distributions.classes.categorical import Categorical, choose
from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.numerics.short_tails import ShortTails
from likelinet.distributions.over.censored import Censored
from likelinet.distributions.over.grids import grid_of_parts
from likelinet.distributions.over.mixture import Mixture, MixtureFamily, combined
from likelinet.distributions.over.mixture_formulas import log_of_sum, log_weights
from likelinet.distributions.over.mixture_methods import OverComponents
from likelinet.distributions.over.side_by_side import Parts
from likelinet.distributions.over.stacked import joined, with_axis

_ROUNDING = 1e-6  # of a sum of weights, which may be of single precision


class MixtureOf(OverComponents):
    r"""A mixture of distributions of different families, which one of them is drawn from, with given weights.

    .. math:: p(y) = \sum_{g=1}^{G} w_g\, p_g(y)

    Parameters
    ----------
    parts : sequence of Distribution
        The distributions p₁, …, whose batch shapes broadcast. Their y must be of one kind: all numbers with a density,
        with the same single values of positive probability beside it, all whole numbers, or all the same classes.
    weights : array_like, shape (..., G)
        Weights w ≥ 0 that sum to 1, the same for all rows or of each row its own.

    Raises
    ------
    ParameterError
        If the parts are no distributions of one kind of y, or the weights are not valid or not as many as the parts.
    UndefinedError
        From methods that a part does not have.

    References
    ----------
    McLachlan & Peel, *Finite Mixture Models* (2000); Yao et al., *Bayesian Analysis* 13, 2018: stacking of predictive
    distributions.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.MixtureOf([ll.Gaussian(0.0, 1.0), ll.StudentT(3.0, 1.0, 2.0)], weights=[0.75, 0.25])
    >>> float(d.mean()), float(d.var().round(4)), float(d.cdf(0.0).round(4))
    (0.25, 3.9375, 0.4564)
    """

    purpose = "several families"
    support_in_words = "those of its `parts`"
    _sees_to_support = True
    components: Parts

    def __init__(self, parts: Sequence[Distribution], weights: ArrayLike) -> None:
        if not isinstance(parts, list | tuple) or not parts:
            raise ParameterError(f"MixtureOf: parts must be a list of distributions, not {parts!r:.60}.")
        for p in parts:
            check_base(p, "MixtureOf", "parts must be distributions")
        parts = [p.censored_outermost() for p in parts]
        _check_kind(parts)
        w = _checked(weights, len(parts))
        try:
            batch = np.broadcast_shapes(w.shape[:-1], *(p.batch_shape for p in parts))
        except ValueError:
            shapes = ", ".join(map(str, (p.batch_shape for p in parts)))
            raise ParameterError(
                f"MixtureOf: parts of batch_shape {shapes} and weights of shape {w.shape} do not go together."
            ) from None
        with np.errstate(divide="ignore"):
            logits = np.broadcast_to(np.log(w), (*batch, len(parts)))
        self._complete([p if p.batch_shape == batch else broadcast(p, batch) for p in parts], Categorical(logits))

    def _complete(self, parts: Sequence[Distribution], weights: Categorical) -> None:
        components = Parts(parts)
        self._hold(components, weights, MixtureFamily(Closed(components), len(parts)))

    @classmethod
    def _over(cls, parts: Sequence[Distribution], weights: Categorical) -> "MixtureOf":
        """Return the mixture of parts and weights that are known to be sound, of one batch shape."""
        made = cls._unchecked()
        made._complete(parts, weights)
        return made

    @property
    def parts(self) -> tuple[Distribution, ...]:
        """The distributions that it is a mixture of, of its own batch shape."""
        return self.components.parts

    def _mixture(self, components: Distribution, logits: np.ndarray) -> "MixtureOf":
        assert isinstance(components, Parts)
        return MixtureOf._over(components.parts, Categorical(logits))

    def marginals(self) -> "MixtureOf":
        """Return the mixture of each output by itself: batch_shape + event_shape, with scalar events."""
        if not self.components.of_outputs:
            return self
        logits = np.broadcast_to(self.logits[..., None, :], (*self.batch_shape, *self.event_shape, len(self.parts)))
        return MixtureOf._over([p.marginals() for p in self.parts], Categorical(logits))

    def censored_outermost(self) -> Distribution:
        if not self.components.takes_intervals:
            return self
        return Censored(MixtureOf._over([p.underlying() for p in self.parts], self.weights))  # type: ignore[arg-type]

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        generator = generator_of(rng)
        shape = shape_of(sample_shape) + self.batch_shape
        codes = choose(self.weights.probs, generator.random(shape)).reshape(-1)
        each, draws, rows = [], [], max(math.prod(self.batch_shape), 1)
        for i, part in enumerate(self.parts):
            each.append(np.flatnonzero(codes == i))
            draws.append(part.flattened(self.batch_shape)[each[i] % rows].sample((), generator))
        drawn = np.concatenate(draws)
        drawn = drawn[np.argsort(np.concatenate(each))]
        return drawn.reshape(shape + self.event_shape)[()]

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return MixtureOf._over([p.map_arrays(f) for p in self.parts], self._moved_weights(f))

    def grid(self) -> Grid:
        return grid_of_parts(self.parts, *self.endpoints())

    def short_tails(self) -> list[ShortTails] | None:
        of_each = [p.short_tails() for p in self.parts]
        if any(parts is None for parts in of_each):
            return None
        weights = np.moveaxis(self.weights.probs, -1, 0)
        return [p.weighted(w) for parts, w in zip(of_each, weights, strict=True) for p in parts or []]

    def log_density(self) -> LogDensity:
        low, high = self.endpoints()
        of_each = [p.log_density_within(low, high) for p in self.parts]
        log_w = np.moveaxis(log_weights(self.logits), -1, 0)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            shape = np.broadcast_shapes(y.shape, self.batch_shape)
            return log_of_sum([np.broadcast_to(f(y, x), shape) + w for f, w in zip(of_each, log_w, strict=True)])

        return log_density

    def _of_what(self) -> str:
        return " beside ".join(dict.fromkeys(type(p).__name__ for p in self.parts))

    def _if_alike(self, name: str, *of: Any) -> None:
        return None

    def __repr__(self) -> str:
        return f"MixtureOf({self.components!r}, weights={in_brief(self.weights.probs)})"


def mixture_of(parts: Sequence[Distribution], weights: ArrayLike) -> Distribution:
    """Return the mixture of distributions, as simple as it gets.

    Parts of one family, and mixtures of it, become one `Mixture` of it, or one of classes with mean probabilities; a
    part that has all the weight stays as it is; and only what is left of several families is a `MixtureOf`.

    Parameters
    ----------
    parts : sequence of Distribution
    weights : array_like, shape (..., G)
        As `MixtureOf` takes them.

    Returns
    -------
    Distribution
    """
    whole = MixtureOf(parts, weights)
    if whole.components.takes_intervals:
        bases = [p.underlying() for p in whole.parts]
        return Censored(mixture_of(bases, whole.weights.probs))  # type: ignore[arg-type]
    found = [(p, w) for p, w in _flat(whole) if np.any(w > -np.inf)]
    if len(found) == 1:
        return found[0][0]
    groups: list[tuple[Distribution, np.ndarray]] = []
    for part, log_w in found:
        components, own = _by_components(part)
        log_w = log_w[..., None] + own
        for i, (others, theirs) in enumerate(groups):
            both = joined([others, components])
            if both is not None:
                groups[i] = both, np.concatenate([theirs, log_w], axis=-1)
                break
        else:
            groups.append((components, log_w))
    if len(groups) == 1:
        return _simple(*groups[0])
    if whole.y == "class" and not whole.event_shape:
        classes = whole.class_marginals()
        assert classes is not None
        return classes
    totals = [scipy.special.logsumexp(log_w, axis=-1) for _, log_w in groups]
    # Of a family without weight in a row, the weights of its own are any.
    made = [
        _simple(components, np.where(total[..., None] > -np.inf, log_w, 0.0))
        for (components, log_w), total in zip(groups, totals, strict=True)
    ]
    return MixtureOf._over(made, Categorical(np.stack(totals, axis=-1)))


def _simple(components: Distribution, log_w: np.ndarray) -> Distribution:
    return components[..., 0] if log_w.shape[-1] == 1 else combined(components, log_w)


def _flat(d: MixtureOf) -> list[tuple[Distribution, np.ndarray]]:
    """Return the parts with their log weights, and in place of one that is a mixture of parts these."""
    found = []
    for part, log_w in zip(d.parts, np.moveaxis(log_weights(d.logits), -1, 0), strict=True):
        inner = _flat(part) if isinstance(part, MixtureOf) else [(part, 0.0)]
        found += [(p, log_w + w) for p, w in inner]
    return found


def _by_components(d: Distribution) -> tuple[Distribution, np.ndarray]:
    """Return a mixture's components with their log weights, and any other distribution as its only component."""
    if isinstance(d, Mixture):
        return d.components, log_weights(d.logits)
    return with_axis(d), np.zeros((*d.batch_shape, 1))


def _check_kind(parts: Sequence[Distribution]) -> None:
    """Raise `ParameterError` if y of a part is something else than that of the first one."""
    kinds = [_kind(p) for p in parts]
    for p, kind in zip(parts, kinds, strict=True):
        if kind != kinds[0]:
            raise ParameterError(
                f"MixtureOf: y of all parts must be of one kind, but that of {type(parts[0]).__name__} is {kinds[0]}, "
                f"and that of {type(p).__name__} {kind}: mix parts of one kind."
            )


def _kind(d: Distribution) -> str:
    """Return in words what y is: a mass cannot be added to a density, nor an angle to a number."""
    if d.y == "class":
        kind = f"a class, 0 to {d.support.high:g}" + (
            "" if d.classes is None else f", with the labels {_listed(d.classes)}"
        )
    else:
        kind = "a whole number" if d.support.integer else "an angle" if d.is_angle else "a number with a density"
    atoms = "".join(f", and with a probability of {at:g} itself" for at in sorted(d.atoms))
    seen = ", or an interval" if d.takes_intervals else ""
    vector = f", of shape {d.event_shape}" if d.event_shape else ""
    rule = f", where {d.constraint}" if d.constraint else ""
    return kind + atoms + seen + vector + rule


def _listed(classes: np.ndarray | list[np.ndarray]) -> list[Any]:
    return classes.tolist() if isinstance(classes, np.ndarray) else [c.tolist() for c in classes]


def _checked(weights: ArrayLike, many: int) -> np.ndarray:
    """Return the weights as an array, or raise `ParameterError`."""
    check_plain(weights, "MixtureOf: weights", ParameterError)
    try:
        w = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"MixtureOf: weights must be numbers, not {weights!r:.60}.") from None
    if w.shape[-1:] != (many,):
        raise ParameterError(f"MixtureOf: weights have shape {w.shape}, but there are {many} parts on the last axis.")
    if not (w >= 0.0).all() or not (np.abs(w.sum(-1) - 1.0) <= _ROUNDING).all():
        raise ParameterError("MixtureOf: the weights of every row must be at least 0 and sum to 1.")
    return w
