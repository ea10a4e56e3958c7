"""Whether the methods of a distribution fit together."""

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.notes import RowsNote, unnoted
from likelinet.distributions import Distribution
from likelinet.testing.densities import Masses
from likelinet.testing.rows import ALPHA, as_rows, check_rows, drawn, draws_of, fail, table_of
from likelinet.testing.standardisation import check_roles
from likelinet.testing.vectors import check_vectors


@unnoted(RowsNote)  # nan is looked for here
def check_distribution(d: Distribution, rng: int = 0) -> None:
    """Check that the methods of a distribution fit together, and its parameters what is said of them.

    In this order: the shape of `log_prob`, that rows do not mix, normalisation, `cdf` and quantiles against the
    integral of the density, mean and variance, samples, and whether a location, scale or rate moves y as one.

    Parameters
    ----------
    d : Distribution
        With typical parameters; several rows tell more than one.
    rng : int
        Seed of the samples.

    Raises
    ------
    CheckError
        With the first thing that is wrong; methods that are not defined are left out.

    Examples
    --------
    >>> import likelinet as ll
    >>> check_distribution(ll.Gamma([1.0, 2.0, 3.0], 0.5))
    """
    rows = as_rows(d.unlabelled())
    draws = draws_of(rows, rng)
    if d.event_shape:
        check_rows(rows, drawn(rows, draws)[0])
        check_vectors(rows, drawn(rows, draws))
        return
    tables = [table_of(rows, i, draws) for i in range(rows.batch_shape[0])]
    y = np.array([t.quantile(np.array(0.15 + 0.7 * (i * 0.618 % 1.0))) for i, t in enumerate(tables)])
    check_rows(rows, y)
    _check_normalised(rows, tables)
    for i, table in enumerate(tables):
        _check_cdf(rows, i, table)
        _check_quantiles(rows, i, table)
        _check_moments(rows, i, table)
        if draws is not None:
            _check_samples(rows, i, table, draws[:, i])
    check_roles(rows, y)


def _check_normalised(d: Distribution, tables: list[Masses]) -> None:
    wrong = [i for i, t in enumerate(tables) if not abs(t.total - 1.0) < 1e-5]
    if not wrong:
        return
    row, y = d[wrong[0]], tables[wrong[0]].y
    with np.errstate(all="ignore"):
        nan = np.isnan(row.log_prob(y)) & (np.abs(y) < 1e6) & row.support.contains(y)
    if nan.any():
        fail(
            d, f"log_prob is NaN inside the support in row {wrong[0]}, for example at y = {y[nan][nan.sum() // 2]:.6g}."
        )
    i, total = wrong[0], tables[wrong[0]].total
    what = "masses sum" if d.support.integer else "density integrates"
    hint = "a constant is missing or wrong"
    for p in d.parameters:
        if p.event_ndim or p.domain.integer or p.domain.low != 0.0 or p.domain.high != np.inf or not p.learned:
            continue
        doubled = type(d)(**{q.name: getattr(d, q.name) * (2.0 if q is p else 1.0) for q in d.parameters})
        power = float(np.log2(table_of(doubled, i, None).total / total))
        if np.isfinite(power) and abs(power) > 1e-3 and abs(power - round(2.0 * power) / 2.0) < 1e-3:
            power = round(2.0 * power) / 2.0
            hint = f"the total goes with {p.name} to the power {power:g}, so "
            if power % 1.0 and p.role in ("scale", "log_scale"):
                hint += f"{p.name} and its square, a scale and a variance, are mixed up"
            else:
                many = "" if abs(power) == 1.0 else f"{abs(power):g} "
                hint += f"{'subtract' if power > 0.0 else 'add'} {many}log({p.name}) in log_prob"
            break
    fail(d, f"the {what} to {total:.6g} in row {i}, not to 1: {hint}.")


def _check_cdf(d: Distribution, i: int, table: Masses) -> None:
    row, inner = d[i], (table.cdf > 1e-4) & (table.cdf < 1.0 - 1e-4)
    y, want = table.y[inner][:200], table.cdf[inner][:200]
    try:
        got = row.cdf(y)
    except UndefinedError:
        return
    what = "sum of the masses" if d.support.integer else "integral of the density"
    off = ~np.isclose(got, want, rtol=0.0, atol=1e-5)
    if off.any():
        j = int(off.argmax())
        fail(d, f"cdf({y[j]:.6g}) is {got[j]:.6g} in row {i}, but the {what} up to there is {want[j]:.6g}.")
    for name, value in (("sf", 1.0 - got), ("log_cdf", np.log(got)), ("log_sf", np.log1p(-got))):
        other = getattr(row, name)(y)
        off = ~np.isclose(other, value, rtol=1e-6, atol=1e-6)
        if off.any():
            j = int(off.argmax())
            fail(d, f"{name}({y[j]:.6g}) is {other[j]:.6g} in row {i}, but by cdf it is {value[j]:.6g}.")


def _check_quantiles(d: Distribution, i: int, table: Masses) -> None:
    row, q = d[i], (np.arange(19) + 0.618) / 19.3  # no round numbers, at which a cdf may have a step
    try:
        y = row.ppf(q)
    except UndefinedError:
        return
    if np.shape(y) != q.shape:
        fail(d, f"ppf of {len(q)} probabilities gives shape {np.shape(y)}, not {q.shape}.")
    try:
        back, below = row.cdf(y), row.cdf(np.nextafter(y, -np.inf))
    except UndefinedError:
        back = below = np.interp(y, table.y, table.cdf)
    tol = 1e-6 if back is not below else 2e-2
    # Where a value has a probability of its own, cdf jumps past q there.
    wrong = (back < q - tol) | (below > q + tol)
    if wrong.any():
        j = int(wrong.argmax())
        fail(d, f"cdf(ppf(q)) is {back[j]:.6g} at q = {q[j]:.6g} in row {i}, not q.")
    other = row.isf(1.0 - q)
    if not np.allclose(other, y, rtol=1e-6, atol=1e-6 * (np.ptp(y) + np.abs(y).max())):
        fail(d, f"isf(1 - q) is not ppf(q) in row {i}.")


def _check_moments(d: Distribution, i: int, table: Masses) -> None:
    if np.allclose([d.support.low, d.support.high], [-np.pi, np.pi]):
        return  # on the circle they are other ones
    row, std = d[i], float(np.sqrt(table.var))
    spread = float(np.ptp(table.quantile(np.array([0.01, 0.99]))))
    for name, want, unit in (("mean", table.mean, spread), ("var", table.var, table.var)):
        try:
            got = float(getattr(row, name)())
        except UndefinedError:
            continue
        if not np.isfinite(want) or abs(got - want) <= 1e-4 * unit + 1e-9 * abs(want):
            continue
        like = ": it is the standard deviation" if name == "var" and np.isclose(got, std, rtol=1e-4) else ""
        fail(d, f"{name}() is {got:.6g} in row {i}, but that of its density is {want:.6g}{like}.")


def _check_samples(d: Distribution, i: int, table: Masses, draws: np.ndarray) -> None:
    """Compare samples with the integral of the density by the Kolmogorov-Smirnov test."""
    from scipy.stats import kstwobign

    below = np.searchsorted(np.sort(draws), table.y, side="right") / len(draws)
    j = int(np.abs(below - table.cdf).argmax())
    if kstwobign.sf(abs(below[j] - table.cdf[j]) * np.sqrt(len(draws))) < ALPHA:
        fail(
            d,
            f"samples do not follow log_prob in row {i}: a share of {below[j]:.4f} is at most {table.y[j]:.6g}, where "
            f"it should be {table.cdf[j]:.4f}.",
        )
