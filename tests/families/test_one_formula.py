"""What is trained is what is predicted: supports and likelihoods of every nesting, at and beside bounds."""

import jax
import numpy as np
import pytest

from likelinet.distributions import Distribution
from likelinet.heads.head import Head
from likelinet.targets.intervals import IntervalTargets
from likelinet.targets.numbers import NumberTargets
from tests import on_jax
from tests.families.declared import (
    DECLARED,
    NESTED,
    as_seen,
    columns_for,
    declared,
    head_of,
    is_censored,
    observed,
)

ROWS, OUTPUTS = 5, 2
ALL = {**DECLARED, **NESTED}
CASES = [
    pytest.param(name, outputs, scaled, id=f"{name}, {outputs or 1}{'' if scaled else ', as it is'}")
    for name, family in ALL.items()
    for outputs in ((None, OUTPUTS) if declared(family).y != "vector" else (None,))
    for scaled in ((True, False) if "affine" in name else (True,))  # of others a map of each output changes nothing
]
each = pytest.mark.parametrize(("name", "outputs", "scaled"), CASES)
ON_JAX = [
    "transformed over truncated",
    "censored over truncated",
    "hurdle over truncated",
    # Compiling these takes seconds.
    pytest.param("mixture of transformed over truncated", marks=pytest.mark.slow),
    pytest.param("discretised over truncated", marks=pytest.mark.slow),
]
UNITS = {
    "location-scale": (np.array([3.0, -7.0]), np.array([0.7, 31.0])),
    "scale": (np.zeros(2), np.array([0.7, 31.0])),
}


def standardised(head: Head, outputs: int | None, scaled: bool = True) -> tuple[Head, np.ndarray, np.ndarray]:
    """Return the head of targets in another unit, as far as its family allows, and that unit."""
    family = head.family
    loc, scale = UNITS.get(family.standardisation if scaled else "none", (np.zeros(2), np.ones(2)))
    loc = loc + family.origin if family.standardisation == "scale" and scaled else loc
    if family.y == "vector":
        loc, scale = np.resize(loc, 3), np.resize(scale, 3)
    elif outputs is None:
        loc, scale = loc[0], scale[0]
    return head.standardised(loc, scale, np.ones_like(scale)), loc, scale


def inputs(head: Head, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    raw, shared = rng.uniform(-1.0, 1.0, (1, ROWS, head.predicted)), rng.uniform(-1.0, 1.0, (1, head.shared))
    return raw, shared, columns_for(head, rng, (1, ROWS))


def points_of(head: Head, d: Distribution) -> np.ndarray:
    """Return whole and half numbers, every bound, the floats beside all of them, and draws, along a first axis."""
    support = head.declared.support
    fixed = [*np.arange(-2.0, 4.5, 0.5), support.low, support.high, *map(float, np.ravel(head.declared.bounds))]
    fixed = np.array([v for v in fixed if np.isfinite(v)])
    beside = np.concatenate([np.nextafter(fixed, -np.inf), np.nextafter(fixed, np.inf)])
    beside = np.where(np.abs(beside) < 1e-300, np.sign(beside) * 1e-300, beside)  # a unit would round it to 0
    fixed = np.unique(np.concatenate([fixed, beside]))
    shape = d.batch_shape + d.event_shape
    fixed = np.broadcast_to(fixed.reshape((-1,) + (1,) * len(shape)), (len(fixed), *shape))
    return np.concatenate([fixed, np.asarray(d.sample((8,), rng=1), dtype=np.float64)])


@each
def test_supports_are_the_same(name: str, outputs: int | None, scaled: bool):
    head = head_of(declared(ALL[name]), outputs)
    with np.errstate(all="ignore"):
        d = standardised(head, outputs, scaled)[0].distribution(*inputs(head))
    of_family, of_prediction = head.declared.support, d.support
    if head.family.y == "class":  # how many there are shows in the parameters alone
        assert of_prediction.integer
        return
    ends = [(s.low, s.high, s.closed, s.integer) for s in (of_family, of_prediction)]
    assert ends[0] == ends[1]
    assert head.declared.atoms == (d.atoms or getattr(d, "base", d).atoms)


@each
def test_what_is_trained_is_what_is_predicted(name: str, outputs: int | None, scaled: bool):
    """A y is possible where its prediction gives it a likelihood, and then it is the one that training sees."""
    head = head_of(declared(ALL[name]), outputs)
    trained, loc, scale = standardised(head, outputs, scaled)
    raw, shared, columns = inputs(head)
    if is_censored(head) or head.family.y != "number":
        with np.errstate(all="ignore"):
            y = observed(head, raw, shared, columns, np.random.default_rng(2))[None]
    else:
        with np.errstate(all="ignore"):
            y = points_of(head, trained.distribution(raw, shared, columns))
    # Every point of every row in one batch: one distribution and one loss for all of them.
    points, y = len(y), y.reshape(1, -1, *y.shape[3:])
    raw, columns = (np.tile(a, (1, points, 1)) for a in (raw, columns))
    kind = IntervalTargets if is_censored(head) else NumberTargets  # codes of classes stay as they are
    targets = kind(outputs, loc, scale, np.ones_like(scale))
    with np.errstate(all="ignore"):
        seen = as_seen(head, y)
        log_p = trained.distribution(raw, shared, columns).log_prob(seen)
        encoded = targets.encode(seen)
        values = trained.loss(raw, shared, encoded, columns)[0]
        values = values + targets.shift_of_nll(trained.family.has_density(encoded)[0]).reshape(-1)
        possible = head.declared.possible(y).reshape(*log_p.shape, -1).all(-1)
    # A family may have ends that go with its parameters, trials say: they are no part of its support.
    np.testing.assert_array_equal(log_p[~possible], -np.inf)
    np.testing.assert_allclose(-values[possible], log_p[possible], rtol=1e-9, atol=1e-9)
    assert possible.sum() >= ROWS


@pytest.mark.parametrize(("name", "outputs", "scaled"), [c for c in CASES if c.values[1]])
def test_training_starts_for_each_output_as_for_it_alone(name: str, outputs: int, scaled: bool):
    head = head_of(declared(ALL[name]), outputs)
    trained, loc, scale = standardised(head, outputs, scaled)
    raw, shared, columns = inputs(head)
    with np.errstate(all="ignore"):
        y = observed(head, raw, shared, columns, np.random.default_rng(2))[0]
    unit = [v.reshape(v.shape + (1,) * (y.ndim - 2)) for v in (loc, scale)]
    encoded, weight = (y - unit[0]) / unit[1], np.arange(1.0, ROWS + 1.0)
    together = trained.family.estimate(encoded, weight)
    for j in range(outputs):
        alone = head_of(declared(ALL[name])).standardised(loc[j], scale[j], np.ones(()))
        for found, want in zip(together, alone.family.estimate(encoded[:, j], weight), strict=True):
            np.testing.assert_array_equal(None if found is None else found[j], want)


@pytest.mark.parametrize("name", ON_JAX)
def test_bounds_on_the_other_engine(name: str):
    head = head_of(declared(ALL[name]))
    trained, loc, scale = standardised(head, None)
    raw, shared, columns = inputs(head)
    with np.errstate(all="ignore"):
        d = trained.distribution(raw, shared, columns)
        bounds = [float(b) for b in np.ravel(head.declared.bounds) if np.isfinite(b)]
        y = np.resize([*bounds, *np.ravel(d.sample((), rng=0))], (1, ROWS))
    seen = np.stack([y, y], axis=-1) if is_censored(head) else y
    encoded = (seen - loc) / scale
    assert len(bounds) > 0

    values = same_on_jax(trained, raw, shared, encoded, columns)
    shift = np.where(trained.family.has_density(encoded), np.log(scale), 0.0)
    np.testing.assert_allclose(values + shift, d.nll(as_seen(head, seen)), rtol=1e-9)


def test_a_map_of_each_output_on_the_other_engine():
    head = head_of(declared(ALL["mixture of transformed affine"]), OUTPUTS)
    trained, loc, scale = standardised(head, OUTPUTS, scaled=False)
    raw, shared, columns = inputs(head)
    d = trained.distribution(raw, shared, columns)
    y = d.sample((), rng=0)
    assert loc.shape == (OUTPUTS,)
    values = same_on_jax(trained, raw, shared, (y - loc) / scale, columns)
    np.testing.assert_allclose(values, d.nll(y), rtol=1e-9)


def same_on_jax(head: Head, *arrays: np.ndarray) -> np.ndarray:
    """Return the loss, which JAX computes as NumPy does, with its gradients."""

    def run(*arrays):
        values, backward = head.loss(*arrays)
        ones = np.ones if isinstance(values, np.ndarray) else jax.numpy.ones
        return values, backward(ones(values.shape))

    with np.errstate(all="ignore"):
        want = run(*arrays)
    got = on_jax.run(run, *arrays)
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(want), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10 * np.abs(b).max())
    return np.asarray(got[0])
