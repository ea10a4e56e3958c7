"""Tails that are never 1 less a rounded number: of Student's t, negative binomials, and others at their extremes."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.distributions.base.leaf import Leaf
from likelinet.distributions.over.hurdle import HurdleFamily
from likelinet.distributions.over.truncated import TruncatedFamily
from tests import exact, exact_tails
from tests.cases import UNIVARIATE, Family
from tests.distributions.strategies import each

STUDENT_T = {"1e4": (1e4, 40.0, -746.634282478), "1000": (1e3, 100.0, -1203.273147), "300": (300.0, 250.0, -805.358466)}


@pytest.mark.parametrize(("df", "z", "want"), STUDENT_T.values(), ids=STUDENT_T)
def test_log_tails_of_student_t_below_the_smallest_float(df, z, want):
    d = ll.StudentT(df, 0.0, 1.0)
    np.testing.assert_allclose([d.log_sf(z), d.log_cdf(-z)], want, rtol=1e-9)
    assert d.log_cdf(z) == 0.0


def test_log_tails_of_student_t_for_any_number_of_degrees_of_freedom():
    rng = np.random.default_rng(2)
    df = np.concatenate([10.0 ** rng.uniform(-1.0, 12.0, 12), [99.0, 101.0, 9.9e6, 1.1e7, 1e8]])
    z = 10.0 ** rng.uniform(0.1, 2.7, len(df))
    with mp.workdps(20):
        want = np.array([float(exact_tails.log_student_t_sf(*row)) for row in np.stack([df, z], -1).tolist()])
    d = ll.StudentT(df, 1.0, 2.0)
    y = 1.0 + 2.0 * z
    np.testing.assert_allclose(d.log_sf(y), want, rtol=1e-10)
    np.testing.assert_allclose(d.log_cdf(2.0 - y), want, rtol=1e-10)
    shown = want > -690.0
    np.testing.assert_allclose(d.sf(y)[shown], np.exp(want[shown]), rtol=1e-10)
    some = ll.StudentT(df[shown], 1.0, 2.0)
    np.testing.assert_allclose(some.isf(np.exp(want[shown])), y[shown], rtol=1e-10)
    np.testing.assert_allclose(d.cdf(y) + d.sf(y), 1.0, rtol=1e-15)


def test_the_middle_of_student_t():
    df = np.array([0.3, 3.0, 99.0, 101.0, 1e7, 1e12])
    q = 0.5 - np.array([1e-9, 1e-4, 0.1, 0.249])[:, None]
    d = ll.StudentT(df, 0.0, 1.0)
    z = d.isf(q)
    np.testing.assert_allclose(d.sf(z), np.broadcast_to(q, z.shape), rtol=1e-14)
    density = np.exp(d.log_prob(0.0))
    np.testing.assert_allclose(z[0] * density, 1e-9, rtol=1e-6)  # 1/2 less q has seven digits


def test_student_t_where_z_squared_overflows():
    df, y = 0.1, 1e160
    params = tuple(np.array([v]) for v in (df, 0.0, 1.0))
    with np.errstate(over="ignore"):  # as the engines do
        values, backward = ll.StudentT.loss(params, np.array([y]))
        grads = np.concatenate(backward(np.ones(1)))
    with mp.workdps(50):

        def nll(df):
            return exact.student_t.nll(df, 0, 1, mp.mpf(y))

        want, slope = float(nll(mp.mpf(df))), float(mp.diff(nll, mp.mpf(df)))
    np.testing.assert_allclose(values, want, rtol=1e-13)
    np.testing.assert_allclose(grads, [slope, -(df + 1.0) / y, -df], rtol=1e-12)  # the density goes with y^-(df+1)
    np.testing.assert_allclose(ll.StudentT(df, 0.0, 1.0).log_prob(-y), -want, rtol=1e-13)


def test_a_truncated_student_t_far_in_its_tail():
    params = tuple(np.array([v]) for v in (1000.0, -2.0, 0.03))
    family = TruncatedFamily(Leaf.of(ll.StudentT, 1), np.float64(0.25), np.float64(np.inf))
    values, backward = family.loss(params, np.array([0.5]))

    def nll(df, loc, scale):
        log_sf = exact_tails.log_student_t_sf(df, (mp.mpf(0.25) - loc) / scale)
        return exact.student_t.nll(df, loc, scale, mp.mpf(0.5)) + log_sf

    with mp.workdps(22):
        point = tuple(mp.mpf(float(p[0])) for p in params)
        want = float(nll(*point))
        slope = float(mp.diff(nll, point, (1, 0, 0), h=mp.mpf(10) ** -8))
    np.testing.assert_allclose(values, want, rtol=1e-10)
    np.testing.assert_allclose(backward(np.ones(1))[0], slope, rtol=1e-6)


def test_the_crps_of_student_t_around_one_degree_of_freedom():
    excess = np.array([-0.3, -0.06, -0.04, -1e-3, -1e-9, 1e-9, 1e-3, 0.04, 0.06, 0.3])
    y = np.array([0.0, 0.4, -7.0, 1e6])[:, None]

    def crps(df, z):
        tail = mp.betainc(df / 2, 0.5, 0, df / (df + z * z), regularized=True) / 2
        density = (1 + z * z / df) ** (-(df + 1) / 2) / (mp.sqrt(df) * mp.beta(0.5, df / 2))
        last = mp.sqrt(df) * mp.beta(0.5, df - 0.5) / mp.beta(0.5, df / 2) ** 2
        return abs(z) * (1 - 2 * tail) + 2 * (density * (df + z * z) - last) / (df - 1)

    with mp.workdps(40):
        rows = np.broadcast_arrays(1.0 + excess, y)
        want = [float(crps(mp.mpf(a), mp.mpf(b))) for a, b in np.stack([r.ravel() for r in rows], -1).tolist()]
    got = ll.StudentT(1.0 + excess, 0.0, 1.0).crps(y)
    np.testing.assert_allclose(got.ravel(), want, rtol=1e-12)
    np.testing.assert_allclose(ll.StudentT(1.0, 0.0, 1.0).crps(y), ll.Cauchy(0.0, 1.0).crps(y), rtol=1e-13)


def test_negative_binomials_that_are_nearly_always_zero_or_hardly_ever_stop():
    d = ll.NegativeBinomial(1e-3, 40.0)
    np.testing.assert_allclose(
        [d.cdf(0), d.sf(0), d.log_cdf(0), d.log_sf(0)],
        [0.9607894391523232, 0.03921056084767679, -0.04, -3.238809159090400],
        rtol=1e-13,
    )
    rng = np.random.default_rng(4)
    r, logits, k = 10.0 ** rng.uniform(-6.0, 6.0, 60), rng.uniform(-30.0, 50.0, 60), rng.integers(0, 40, 60)
    with mp.workdps(700):
        tails = [
            exact_tails.negative_binomial_tails(*row)
            for row in zip(r.tolist(), logits.tolist(), k.tolist(), strict=True)
        ]
        want = np.array([[float(v) for v in (c, s, mp.log(c), mp.log(s))] for c, s in tails]).T
    d = ll.NegativeBinomial(r, logits)
    for got, value, rtol in zip(
        (d.cdf(k), d.sf(k), d.log_cdf(k), d.log_sf(k)), want, (1e-9, 1e-9, 1e-10, 1e-10), strict=True
    ):
        shown = np.abs(value) > 1e-290
        np.testing.assert_allclose(got[shown], value[shown], rtol=rtol)


@pytest.mark.parametrize(("raw", "want"), [((-5.0, 36.0), 4.393283484812), ((-50.0, 50.0), 4.605170185988)])
def test_a_truncated_negative_binomial(raw, want):
    params = np.log1p(np.exp(np.array([raw[0]]))), np.array([raw[1]])
    family = TruncatedFamily(Leaf.of(ll.NegativeBinomial, 1), np.float64(1.0), np.float64(np.inf))
    values, backward = family.loss(params, np.array([2.0]))
    np.testing.assert_allclose(values, want, rtol=1e-11)
    assert all(np.isfinite(g).all() for g in backward(np.ones(1)))
    np.testing.assert_allclose(ll.Truncated(ll.NegativeBinomial(*params), low=1.0).nll(2.0), want, rtol=1e-11)


@pytest.mark.parametrize("raw", [-3.0, -5.0, -20.0, -30.0, -50.0, -800.0])
@pytest.mark.parametrize(("n", "y"), [(9, 1), (9, 4), (1, 1)])
def test_a_hurdle_before_a_beta_binomial_that_is_nearly_always_zero(raw, n, y):
    b, slope = 40.0, 1.0 / (1.0 + np.exp(-max(raw, -700.0)))
    a = max(np.logaddexp(0.0, raw), 0.0)
    params = tuple(np.array([v]) for v in (-800.0, float(n), a, b))  # a gate that is never closed
    values, backward = HurdleFamily(Leaf.of(ll.BetaBinomial, 1)).loss(params, np.array([float(y)]))

    def nll(a, b):
        return exact_tails.beta_binomial_hurdle_nll(n, a, b, y)

    with mp.workdps(100):
        point = mp.mpf(max(a, 1e-40)), mp.mpf(b)  # below that it has no more effect
        want = float(nll(*point))
        d_a, d_b = (float(mp.diff(nll, point, order)) for order in ((1, 0), (0, 1)))
    np.testing.assert_allclose(values, want, rtol=1e-11, atol=1e-13)
    _, _, got_a, got_b = backward(np.ones(1))
    np.testing.assert_allclose(got_a * slope, d_a * slope, rtol=1e-8, atol=1e-13)
    np.testing.assert_allclose(got_b, d_b, rtol=1e-9, atol=1e-14)


def test_an_asymmetric_laplace_that_is_all_on_one_side():
    tau, z = 1e-12, 5.756e14
    with mp.workdps(700):
        want = float(mp.log(exact_line_cdf(tau, z)))
    np.testing.assert_allclose(ll.AsymmetricLaplace(0.0, 1.0, tau).log_cdf(z), want, rtol=1e-12)
    np.testing.assert_allclose(ll.AsymmetricLaplace(0.0, 1.0, tau).log_sf(z), -tau * z, rtol=1e-12)


def exact_line_cdf(tau, z):
    return 1 - (1 - mp.mpf(tau)) * mp.exp(-mp.mpf(tau) * z)


def test_a_skew_normal_far_out():
    alpha = np.array([0.0, 1e-9, -1e-9, 3.0])
    d = ll.SkewNormal(0.0, 1.0, alpha)
    np.testing.assert_allclose(d.log_sf(1e8), -5e15, rtol=1e-13)
    np.testing.assert_allclose(d.log_cdf(-1e8), [-5e15, -5e15, -5e15, -5e16], rtol=1e-13)
    np.testing.assert_array_equal(d.log_sf(1e155), -np.inf)
    np.testing.assert_array_equal(d.log_cdf(1e155), 0.0)
    np.testing.assert_array_equal(d.log_sf(-1e155), 0.0)
    np.testing.assert_allclose(
        ll.SkewNormal(0.0, 1.0, 0.0).log_sf(40.0), ll.Gaussian(0.0, 1.0).log_sf(40.0), rtol=1e-14
    )


@each(UNIVARIATE)
def test_the_crps_of_an_infinite_y_is_infinite(case: Family):
    d, _ = case.batch(3)
    for wrapped in (d, ll.Mixture(d[:2], [0.0, 0.0])):
        np.testing.assert_array_equal(wrapped.crps(np.inf), np.full(wrapped.batch_shape, np.inf))
        np.testing.assert_array_equal(wrapped.crps(-np.inf), np.full(wrapped.batch_shape, np.inf))
    mixed = d.crps(np.array([np.inf, np.nan, float(d.median()[2])]))
    np.testing.assert_array_equal(mixed[:2], [np.inf, np.nan])
    np.testing.assert_array_equal(mixed[2], d[2].crps(d.median()[2]))


def test_means_that_do_not_exist_or_are_known_by_symmetry():
    np.testing.assert_array_equal([ll.StudentT(1.0, 0.0, 1.0).mean(), ll.Cauchy(0.0, 1.0).mean()], np.nan)
    assert ll.JohnsonSU(0.0, 0.02, 3.0, 1.0).mean() == 3.0


@pytest.mark.parametrize(
    "d",
    [ll.Binomial(1e19, 0.0), ll.BetaBinomial(1e19, 1.0, 1.0), ll.Multinomial(1e19, [0.0, 0.0])],
    ids=lambda d: type(d).__name__,
)
def test_draws_of_more_trials_than_an_integer_has(d):
    with pytest.raises(ll.UndefinedError, match=r"total_count must be below 2\^63 for draws, got 1e\+19"):
        d.sample(2)


def test_a_covariance_is_refused_for_one_reason():
    single = np.array([[1.0, 0.2], [0.2 + 1e-7, 1.0]])  # as of single precision
    d = ll.MultivariateGaussian([0.0, 0.0], covariance_matrix=single)
    np.testing.assert_allclose(d.covariance(), 0.5 * (single + single.T), rtol=1e-14)
    reasons = {
        "entries differ from their mirror images by up to 0.1": [[1.0, 0.2], [0.3, 1.0]],
        "it has an eigenvalue that is not positive": [[1.0, 2.0], [2.0, 1.0]],
        "must have finite entries": [[1.0, np.nan], [np.nan, 1.0]],
        "must be square matrices of numbers": [[1.0, 2.0]],
    }
    for reason, matrix in reasons.items():
        with pytest.raises(ll.ParameterError, match=reason):
            ll.MultivariateGaussian([0.0, 0.0], covariance_matrix=matrix)


def test_of_a_tiny_concentration_no_probability_is_above_1():
    for of in (ll.InverseGamma(1e-20, 1e-8).sf, ll.Gamma(1e-300, 2.0).cdf):
        assert of(2.0) == 1.0
