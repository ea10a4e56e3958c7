"""Models whose y reaches the bounds of their family: what is standardised does not show, what is impossible is said."""

import numpy as np
import pytest

import likelinet as ll

X = np.random.default_rng(0).normal(size=(80, 1))
LOW, HIGH = float(np.log(2.0)), float(np.log(30.0))
BOUNDED = {"kind": "truncated", "base": {"kind": "gaussian"}, "low": 0.1, "high": 3.7}
LOG = {
    "kind": "transformed",
    "transform": "log",
    "base": {"kind": "truncated", "base": {"kind": "gaussian"}, "low": LOW, "high": HIGH},
}
AFFINE = {
    "kind": "transformed",
    "loc": 0.3,
    "scale": 0.7,
    "base": {"kind": "truncated", "base": {"kind": "logistic"}, "low": -1.1, "high": 1.3},
}
AT_BOUNDS = {
    "log": (LOG, 2.0, 30.0),
    "affine": (AFFINE, 0.3 + 0.7 * -1.1, 0.3 + 0.7 * 1.3),
    "truncated": (BOUNDED, 0.1, 3.7),
    "mixture": ({"kind": "mixture", "components": 2, "base": LOG}, 2.0, 30.0),
    "zero inflated": ({"kind": "zero_inflated", "base": LOG}, 2.0, 30.0),
}


def fitted(family: dict, X: np.ndarray, y: np.ndarray | ll.Interval, standardize: bool = True, epochs: int = 1):
    config = {"data": {"standardize": standardize}, "distribution": family, "network": {"hidden": [3]}}
    return ll.Model({"quality": "plain", **config, "training": {"epochs": epochs}}).fit(X, y, progress=False)


def clipped(low: float, high: float, seed: int, shape: tuple[int, ...] = (80,)) -> np.ndarray:
    z = np.random.default_rng(seed).normal(size=shape)
    return np.clip(0.5 * (low + high) + 0.5 * (high - low) * z, low, high)


def test_whole_numbers_that_only_an_end_is_rounded_to_are_refused():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 1))
    y = np.clip(np.round(1.5 + 0.6 * rng.normal(size=200)), 0, 3)
    base = {"kind": "truncated", "base": {"kind": "gaussian"}, "low": 0.5, "high": 2.5}
    outside = np.flatnonzero((y == 0.0) | (y == 3.0)) + 1
    first = ", ".join(map(str, outside[:5]))
    with pytest.raises(ll.DataError, match=f"y has {len(outside)} rows outside the support .*rows {first}, …"):
        fitted({"kind": "discretised", "base": base}, x, y)
    inside = (y == 1.0) | (y == 2.0)
    assert np.isfinite(fitted({"kind": "discretised", "base": base}, x[inside], y[inside]).score(x[inside], y[inside]))
    d = ll.Discretised(ll.Truncated(ll.Gaussian(1.5, 0.6), 0.5, 2.5))
    assert (d.support.low, d.support.high, d.support.closed) == (1.0, 2.0, (True, True))
    np.testing.assert_allclose(d.log_prob([0.0, 1.0, 2.0, 3.0]), [-np.inf, np.log(0.5), np.log(0.5), -np.inf])


def test_the_density_at_a_bound_is_that_of_the_declared_distribution():
    d = ll.Transformed(ll.Truncated(ll.Gaussian(2.0, 1.0), LOW, HIGH), ll.Log())
    # log φ(log 2 - 2) - log 2 - log(Φ(log 30 - 2) - Φ(log 2 - 2)), with mpmath.
    np.testing.assert_allclose(d.log_prob(2.0), -2.27217958359, rtol=1e-9)
    assert d.log_prob(np.nextafter(2.0, 0.0)) == -np.inf
    assert d.log_prob(np.nextafter(np.exp(HIGH), 40.0)) == -np.inf


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", AT_BOUNDS)
def test_y_at_a_bound_is_possible_in_every_unit(name: str, seed: int):
    family, low, high = AT_BOUNDS[name]
    y = clipped(low, high, seed)
    y = np.where(X[:, 0] > 1.0, 0.0, y) if name == "zero inflated" else y
    epochs = 60 if seed == 0 else 1  # a bound that its unit rounds out of the support shows at once
    models = [fitted(family, X, y, s, epochs) for s in (False, True)]
    assert np.isfinite([m.score(X, y) for m in models]).all()
    d = models[1].predict_dist(X)
    at_low, at_high = (d.log_prob(np.full(80, end)) for end in (low, high))
    assert np.isfinite([at_low, at_high]).all()
    if name in ("truncated", "affine"):
        for end, out in ((low, -np.inf), (high, np.inf)):
            np.testing.assert_array_equal(d.log_prob(np.full(80, np.nextafter(end, out))), np.full(80, -np.inf))


@pytest.mark.parametrize("family", [BOUNDED, LOG], ids=["truncated", "log"])
def test_bounds_of_several_outputs(family: dict):
    low, high = (0.1, 3.7) if family is BOUNDED else (2.0, 30.0)
    for seed in range(6):
        y = clipped(low, high, seed, (80, 2)) * np.ones(2)
        model = fitted(family, X, y)
        d = model.predict_dist(X)
        assert np.isfinite(d.log_prob(y)).all()
        assert np.isfinite(model.evaluate(X, y)["nll"])
        assert np.isfinite(d.log_prob(np.full((80, 2), low))).all()


@pytest.mark.parametrize("seed", range(12))
def test_bounds_under_censoring(seed: int):
    y = clipped(0.1, 3.7, seed)
    seen = ll.Interval(y, np.where(np.arange(80) % 3 == 0, np.inf, y))
    model = fitted({"kind": "censored", "base": {**BOUNDED, "high": None}}, X, seen)
    assert np.isfinite(model.predict_dist(X).log_prob(seen)).all()
    np.testing.assert_array_equal(model.predict_dist(X).base.low, 0.1)


@pytest.mark.parametrize("transform", [ll.Log(), ll.Logit(), ll.Affine(0.3, 0.7), ll.Affine(-11.0, 1e-3)])
def test_images_of_bounds_belong_to_y(transform: ll.Log | ll.Logit | ll.Affine):
    """Whether or not rounding leads back from them to the bounds, which it often does not."""
    lost = 0
    for low in np.random.default_rng(0).uniform(-3.0, 1.0, 100):
        base = ll.Truncated(ll.Gaussian(0.0, 1.0), low, low + 1.3)
        d = ll.Transformed(base, transform)
        ends = np.array([transform.forward(low), transform.forward(low + 1.3)])
        lost += np.sum(transform.inverse(ends) != [low, low + 1.3])
        want = base.log_prob([low, low + 1.3]) - transform.log_slope(np.array([low, low + 1.3]))
        np.testing.assert_allclose(d.log_prob(ends), want, rtol=1e-12)
        beside = np.nextafter(ends, [-np.inf, np.inf])
        np.testing.assert_array_equal(d.log_prob(beside), [-np.inf, -np.inf])
    assert lost > 5


def test_what_is_declared_is_what_is_predicted():
    d = fitted(LOG, X, clipped(2.0, 30.0, 0)).predict_dist(X)
    assert isinstance(d, ll.Transformed)
    assert isinstance(d.base, ll.Truncated)
    assert (np.unique(d.base.low).tolist(), np.unique(d.base.high).tolist()) == ([LOW], [HIGH])
    assert d.transform == ll.Log()
