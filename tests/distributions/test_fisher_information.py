"""Fisher information: the second derivative of the divergence from itself, and the mean square of the score."""

import numpy as np
import pytest
import scipy.special

import likelinet as ll
from likelinet.core.domains import positive
from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.other_objectives import OtherObjectives, symmetric
from tests import on_jax
from tests.cases import FAMILIES, Family

WITHOUT = (
    ll.AsymmetricLaplace,
    ll.BetaBinomial,
    ll.Dirichlet,
    ll.GeneralizedPareto,
    ll.JohnsonSU,
    ll.Kumaraswamy,
    ll.Multinomial,
    ll.MultivariateGaussian,
    ll.NegativeBinomial,
    ll.OrderedLogistic,
    ll.SkewNormal,
    ll.VonMises,
)
KNOWN = [c for c in FAMILIES if c.cls.fisher_information.__func__ is not OtherObjectives.fisher_information.__func__]
each = pytest.mark.parametrize("case", KNOWN, ids=str)
ROWS = 5


def typical(case: Family):
    """Return parameters of some rows, and which of their numbers are learned."""
    params = case.parameters(np.random.default_rng(0).uniform(0.2, 0.8, (ROWS, len(case.columns))))
    return params, np.flatnonzero([p.learned for p in case.columns])


def moved(case: Family, params, by: np.ndarray):
    """Return the distribution with numbers that are moved by `by`, shape (ROWS, numbers)."""
    return case.distribution(case.split(case.joined(params) + by))


@each
def test_it_is_the_second_derivative_of_the_divergence(case):
    params, learned = typical(case)
    got, here = case.cls.fisher_information(params), case.distribution(params)
    assert got.shape == (ROWS, len(case.columns), len(case.columns))
    size, h = np.sqrt(np.diagonal(got, axis1=-2, axis2=-1)), 0.02
    size = np.where([p.learned for p in case.columns], size, 1.0)
    # A number that little is known of moves by little against its own size.
    unit = np.minimum(1.0 / size, np.where([p.domain == positive for p in case.columns], case.joined(params), np.inf))

    def curvature(direction: np.ndarray) -> np.ndarray:
        at = [here.kl_divergence(moved(case, params, k * h * direction)) for k in (1, -1, 2, -2)]
        return (16.0 * (at[0] + at[1]) - (at[2] + at[3])) / (12.0 * h * h)

    for i in learned:
        for j in learned[learned <= i]:
            e, f = (np.eye(len(case.columns))[k] * unit[:, [k]] for k in (i, j))
            want = curvature(e) if i == j else (curvature(e + f) - curvature(e - f)) / 4.0
            scale = size[:, i] * size[:, j] * unit[:, i] * unit[:, j]
            # At a kink of the density the divergence has a jump in its third derivative.
            tolerance = 2e-2 if case.kink else 1e-4
            found = got[:, i, j] * unit[:, i] * unit[:, j]
            np.testing.assert_allclose(found / scale, want / scale, rtol=tolerance, atol=tolerance)
            np.testing.assert_array_equal(got[:, i, j], got[:, j, i])


@each
def test_it_is_the_mean_square_of_the_score(case):
    params, learned = typical(case)
    d = case.distribution(params)
    if case.classes:
        y = np.arange(d.logits.shape[-1])[:, None] + np.zeros((1, ROWS))
        mass = np.exp(d.log_prob(y))
    elif case.integer:
        y = case.all_y(case.oracle(*params))[:, None] + np.zeros((1, ROWS))
        mass = np.exp(d.log_prob(y))
    else:  # in normal scores, by the trapezoidal rule
        t = (np.arange(-1150, 1150)[:, None] + 0.5) / 100.0 + np.zeros((1, ROWS))
        y = np.where(t < 0.0, d.ppf(scipy.special.ndtr(-np.abs(t))), d.isf(scipy.special.ndtr(-np.abs(t))))
        mass = 0.01 * np.exp(-0.5 * t * t) / np.sqrt(2.0 * np.pi)
    with np.errstate(all="ignore"):
        full = tuple(np.broadcast_to(p, (*y.shape, *p.shape[1:])) for p in params)
        score = np.where(mass[..., None] > 0.0, case.joined(case.cls.loss(full, y)[1](np.ones(y.shape))), 0.0)
    want = np.einsum("nr,nri,nrj->rij", mass, score, score)[:, learned[:, None], learned]
    got = case.cls.fisher_information(params)[:, learned[:, None], learned]
    size = np.sqrt(np.diagonal(got, axis1=-2, axis2=-1))
    scaled = size[:, :, None] * size[:, None, :]
    tolerance = 1e-4 if case.kink else 1e-6
    np.testing.assert_allclose(got / scaled, want / scaled, rtol=tolerance, atol=tolerance)


def test_jax_gives_the_same():
    params = {str(c): typical(c)[0] for c in KNOWN}
    there = on_jax.run(lambda all_of: {str(c): c.cls.fisher_information(all_of[str(c)]) for c in KNOWN}, params)
    for case in KNOWN:
        want = case.cls.fisher_information(params[str(case)])
        np.testing.assert_allclose(there[str(case)], want, rtol=1e-9, atol=1e-12 * np.abs(want).max())


@pytest.mark.parametrize("cls", WITHOUT)
def test_all_others_refuse_by_name(cls):
    with pytest.raises(UndefinedError, match=f"^{cls.__name__} has no Fisher information in closed form$"):
        cls.fisher_information(())


def test_all_are_either():
    assert len(KNOWN) + len(WITHOUT) <= len(FAMILIES)  # a family that has just been added may have none
    assert len(KNOWN) >= 21


def test_a_symmetric_matrix_is_made_of_its_lower_half():
    a = np.array([1.0, 2.0])
    want = [[[1.0, 5.0, 7.0], [5.0, 6.0, 1.0], [7.0, 1.0, 9.0]], [[2.0, 5.0, 7.0], [5.0, 6.0, 2.0], [7.0, 2.0, 9.0]]]
    np.testing.assert_array_equal(symmetric(a, 5.0, 6.0, 7.0, a, 9.0), want)
