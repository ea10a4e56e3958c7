"""Distributions of likelinet as those of skpro: a table of them with row index and columns."""

from typing import Any

import numpy as np
import pandas as pd
from skpro.distributions.base import BaseDistribution

from likelinet.core.errors import DataError, UndefinedError
from likelinet.distributions import Distribution, Gaussian, Poisson
from likelinet.distributions.numerics import quadrature

_ALL, _DENSITY, _MASS = ("mean", "var", "energy", "pdfnorm", "cdf", "ppf"), ("pdf", "log_pdf"), ("pmf", "log_pmf")


class LikelinetDistribution(BaseDistribution):
    r"""A table of distributions, each of one number, with the methods of skpro.

    Rows are those of `distribution`, columns its outputs. A joint distribution of several outputs, as
    ``MultivariateGaussian`` is, becomes that of each output by itself, since skpro knows no other: what the outputs say
    of one another is lost. ``energy`` is exact, by `Distribution.gini_mean_difference`:

    .. math:: E|Y - y| = \mathrm{CRPS}(y) + \tfrac12 E|Y - Y'|

    and summed over columns, as skpro has it; ``pdfnorm`` is exact, too. A variance that does not exist is infinite.
    ``pdf`` is 0 at values that have a probability themselves, and of whole numbers everywhere, where ``pmf`` is their
    probability: skpro's LogLoss is then infinite. Draws follow ``numpy.random.seed``, as all of skpro's do.

    Parameters
    ----------
    distribution : Distribution
        Of numbers; batch_shape (n,) or (n, d), or () for a single one.
    index : pd.Index, optional
        Of the rows; by default they are numbered.
    columns : pd.Index, optional
        Names of the outputs; by default they are numbered.

    Raises
    ------
    UndefinedError
        If y is a class, or `distribution` does not say what each output is by itself.
    DataError
        If index or columns are more or fewer than rows or outputs.

    Examples
    --------
    >>> import likelinet as ll
    >>> from likelinet.skpro import LikelinetDistribution
    >>> d = LikelinetDistribution(ll.Gaussian([0.0, 1.0], 2.0), columns=["y"])
    >>> d.energy().round(4)
       energy
    0  2.2568
    1  2.2568
    """

    _tags = {  # noqa: RUF012 - so skpro wants them
        "authors": ["likelinet"],
        "capabilities:approx": [],
        "capabilities:exact": [*_ALL, *_DENSITY, *_MASS],
        "distr:measuretype": "mixed",
        "distr:paramtype": "general",
    }

    def __init__(self, distribution, index=None, columns=None):
        self.distribution = distribution
        super().__init__(index=index, columns=columns)

    def _init_shape_bc(self, index=None, columns=None):
        self._cells = d = _cells(self.distribution)
        self._shape = d.batch_shape
        measure, own = _measure(d)
        self.set_tags(**{"distr:measuretype": measure, "capabilities:exact": [*_ALL, *own]})
        if self._shape:
            self.index = pd.RangeIndex(self._shape[0]) if index is None else self.index
            self.columns = pd.RangeIndex(self._shape[1]) if columns is None else self.columns
            if (len(self.index), len(self.columns)) != self._shape:
                raise DataError(
                    f"index has {len(self.index)} entries and columns {len(self.columns)}, but the distribution has "
                    f"{self._shape[0]} rows and {self._shape[1]} outputs: pass one entry for each."
                )

    def _iloc(self, rowidx=None, colidx=None):
        rows, columns = (_positions(at, n) for at, n in zip((rowidx, colidx), self._shape, strict=True))
        if rows.ndim == columns.ndim == 0:
            return self._iat(rows, columns)
        rows, columns = np.atleast_1d(rows), np.atleast_1d(columns)
        part = self._cells[rows][:, columns]
        return type(self)(part, index=self.index.take(rows), columns=self.columns.take(columns))

    def _iat(self, rowidx: Any = None, colidx: Any = None):
        return type(self)(self._cells[int(rowidx), int(colidx)])

    def _mean(self):
        return self._cells.linear_moments()[0] if self._cells.is_angle else self._cells.mean()

    def _var(self):
        variance = self._cells.linear_moments()[1] if self._cells.is_angle else self._cells.var()
        return np.where(np.isnan(variance), np.inf, variance)[()]

    def _log_pdf(self, x):
        return np.where(self._is_atom(x), -np.inf, self._cells.log_prob(x))[()]

    def _pdf(self, x):
        return np.exp(self._log_pdf(x))

    def _log_pmf(self, x):
        return np.where(self._is_atom(x) | self._cells.support.integer, self._cells.log_prob(x), -np.inf)[()]

    def _pmf(self, x):
        return np.exp(self._log_pmf(x))

    def _cdf(self, x):
        return self._cells.cdf(x)

    def _surv(self, x):
        return self._cells.sf(x)

    def _haz(self, x):
        return np.exp(self._log_pdf(x) - self._cells.log_sf(x))

    def _ppf(self, p):
        return self._cells.ppf(p)

    def _energy_self(self):
        return self._by_row(self._cells.gini_mean_difference())

    def _energy_x(self, x):
        return self._by_row(self._cells.crps(x) + 0.5 * self._cells.gini_mean_difference())

    def pdfnorm(self, a=2):
        """Return the integral of the density to the power a, of each entry; 0 of whole numbers, which have none."""
        d = self._cells
        with np.errstate(all="ignore"):
            norm = np.zeros(self._shape) if d.support.integer else quadrature.power_of_density(d, a)
        return pd.DataFrame(norm, index=self.index, columns=self.columns) if self._shape else float(norm)

    def _sample(self, n_samples=None):
        rng = np.random.default_rng(np.random.randint(2**31))  # noqa: NPY002 - the generator that skpro draws by
        if n_samples is None:
            draws = self._cells.sample((), rng)
            return pd.DataFrame(draws, index=self.index, columns=self.columns) if self._shape else float(draws)
        draws = self._cells.sample((n_samples,), rng)
        if not self._shape:
            return pd.DataFrame(draws[:, None])
        each = [pd.DataFrame(draw, index=self.index, columns=self.columns) for draw in draws]
        return pd.concat(each, keys=range(n_samples))

    def _is_atom(self, x):
        return np.isin(x, self._cells.atoms)

    def _by_row(self, values):
        return values.sum(axis=1) if self._shape else values

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return settings for skpro's tests."""
        table = {"index": pd.Index([3, 1, 7]), "columns": pd.Index(["a", "b"])}
        return [
            {"distribution": Gaussian([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], 1.0), **table},
            {"distribution": Poisson([0.5, 4.0, 30.0])},
            {"distribution": Gaussian(1.0, 2.0)},
        ]


def as_skpro(d: Distribution, index: Any = None, columns: Any = None) -> LikelinetDistribution:
    """Return a predicted distribution as one of skpro.

    Parameters
    ----------
    d : Distribution
        As `Model.predict_dist` returns it.
    index, columns : pd.Index, optional
        Of the rows and of the outputs; by default they are numbered.

    Returns
    -------
    LikelinetDistribution
        With a row for each of the index.

    Examples
    --------
    >>> import likelinet as ll
    >>> from likelinet.skpro import as_skpro
    >>> as_skpro(ll.Exponential([1.0, 4.0]), columns=["wait"]).mean()
       wait
    0  1.00
    1  0.25
    """
    return LikelinetDistribution(d, index=index, columns=columns)


def _cells(d: Distribution) -> Distribution:
    """Return the distribution of each number, of batch shape (n, d), or () of a single one."""
    if d.y == "class" and not d.numeric:
        raise UndefinedError(
            f"{type(d).__name__}: y is a class, and skpro has distributions of numbers alone: take likelinet's own "
            "methods, or, of a model, declare a family of numbers."
        )
    each = d.marginals().censored_outermost()
    if len(each.batch_shape) == 1:
        return each[None] if d.event_shape else each[:, None]
    if len(each.batch_shape) > 2:
        raise UndefinedError(
            f"{type(d).__name__}: skpro has tables of rows and outputs, but its batch_shape is {d.batch_shape} and its "
            f"event_shape {d.event_shape}."
        )
    return each


def _measure(d: Distribution) -> tuple[str, tuple[str, ...]]:
    """Return what skpro calls a density, masses, or both, and by which methods they are known."""
    if d.support.integer:
        return "discrete", _MASS
    return ("mixed", (*_DENSITY, *_MASS)) if d.atoms else ("continuous", _DENSITY)


def _positions(at: Any, n: int) -> np.ndarray:
    return np.arange(n) if at is None else np.asarray(at)
