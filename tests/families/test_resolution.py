"""Where y lies on a lattice no density exceeds one per step: floors of scales, from closed forms."""

from typing import Any

import jax
import numpy as np
import pytest

import likelinet as ll
from likelinet.core.domains import real
from likelinet.core.wording import snake_case
from likelinet.heads.head import Head
from tests import on_jax
from tests.cases import FAMILIES
from tests.differences import of_a_sum
from tests.families.declared import declared, head_of

BOUNDED = [c for c in FAMILIES if c.cls.peak_density and c.event is None]
STEP, LOC, SCALE, SPREAD = 0.25, 40.0, 3.0, 1.0
EXTREME = (1e-2, 0.1, 0.5, 0.9, 0.99, 1.0, 3.0, 30.0, 1e3, 1e5)  # of shapes, as far as they may be that


def test_each_family_of_the_line_is_bounded_but_one():
    """The scale of a Johnson SU bounds nothing: its density is as high as `tailweight` is large."""
    of_line = {c.cls for c in FAMILIES if c.cls.support == real and any(p.role == "scale" for p in c.cls.parameters)}
    assert {c.cls for c in FAMILIES if c.cls.peak_density} == of_line - {ll.JohnsonSU}


@pytest.mark.parametrize("case", BOUNDED, ids=lambda c: c.cls.__name__)
def test_the_highest_density_with_a_scale_of_1(case: Any):
    """By the densities of SciPy on a fine grid, for shapes at either end: never above, and reached."""
    z, highest = np.concatenate([np.linspace(-5.0, 5.0, 20_001), [1e-5, -1e-5]]), 0.0
    for shape in (*EXTREME, *(-s for s in EXTREME)):
        values = {p.name: {"location": 0.0, "scale": 1.0}.get(p.role, shape) for p in case.cls.parameters}
        if not all(p.domain.contains(np.array(values[p.name])) for p in case.cls.parameters):
            continue
        with np.errstate(all="ignore"):
            highest = max(highest, float(np.nanmax(case.oracle(**values).pdf(z))))
    assert 0.999 * case.cls.peak_density < highest <= case.cls.peak_density * (1.0 + 1e-9)


GAUSSIAN: dict[str, Any] = {"kind": "gaussian"}
BY_EXP = {"kind": "gaussian", "links": {"scale": "exp"}}
FLOORED: dict[str, dict[str, Any]] = {
    **{c.cls.__name__: {"kind": snake_case(c.cls.__name__)} for c in BOUNDED},
    "exp": BY_EXP,
    "shared": {"scale": "shared"},
    "mixture": {"kind": "mixture", "components": 3},
    "mixture of student t": {"kind": "mixture", "components": 2, "base": {"kind": "student_t"}},
    "mixture, exp and shared": {"kind": "mixture", "components": 2, "base": {**BY_EXP, "scale": "shared"}},
    "censored": {"kind": "censored", "base": GAUSSIAN},
    "zero inflated": {"kind": "zero_inflated", "base": GAUSSIAN, "gate_logits": -30.0},
    "hurdle": {"kind": "hurdle", "base": {"kind": "mixture", "components": 2}, "gate_logits": -30.0},
    "truncated": {"kind": "truncated", "base": GAUSSIAN, "low": -1e6},
    "truncated, of each row": {"kind": "truncated", "base": GAUSSIAN, "low": {"column": "low"}},
    "affine": {"kind": "transformed", "loc": 3.0, "scale": 7.0, "base": {"kind": "logistic"}},
    "affine over mixture": {"kind": "transformed", "scale": 7.0, "base": {"kind": "mixture", "components": 2}},
}


def in_units(head: Head, step: Any, outputs: int | None = None) -> Head:
    """Return the head for y of mean 40 and spread 3, or for several outputs with twice as much each time."""
    times = 2.0 ** np.arange(outputs) if outputs else np.ones(())
    loc = np.zeros_like(times) if head.family.standardisation == "scale" else LOC * times
    return head.standardised(loc, SCALE * times, SPREAD * np.ones_like(times), np.asarray(step))


def narrowest(head: Head) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return raw numbers of three rows with all at 0, but scales far below it, and what the columns hold."""
    numbers = {"predicted": np.zeros(head.predicted), "shared": np.zeros(head.shared)}
    for source, raw in numbers.items():
        for slot, first in head.learned(source):
            if slot.parameter.role == "scale":
                raw[first : first + slot.size] = -700.0
    columns = None if not head.columns else np.full((1, 3, len(head.columns)), -1e6)
    return np.tile(numbers["predicted"], (1, 3, 1)), numbers["shared"][None], columns


@pytest.mark.parametrize("name", FLOORED)
def test_the_narrowest_prediction(name: str):
    head = in_units(head_of(declared(FLOORED[name])), STEP)
    raw, shared, columns = narrowest(head)
    d = head.distribution(raw, shared, columns)
    y = d.ppf(np.array([0.5])[:, None, None]) + STEP * np.linspace(-4.0, 4.0, 8001)[:, None, None]
    log_p = d.log_prob(y)
    assert (log_p <= -np.log(STEP) + 1e-9).all()
    if declared(FLOORED[name]).leaf_class(None) not in (ll.StudentT, ll.SkewNormal):  # of these other shapes are higher
        np.testing.assert_allclose(log_p.max(0), -np.log(STEP), atol=1e-4)


@pytest.mark.parametrize("name", ["Gaussian", "shared", "mixture", "affine"])
def test_a_step_that_is_small_beside_the_spread_changes_nothing(name: str):
    """Its floor lies below the one that a scale has anyway; and no step, as in files of earlier versions, is none."""
    head, rng = head_of(declared(FLOORED[name])), np.random.default_rng(0)
    raw, shared = rng.standard_normal((1, 3, head.predicted)), rng.standard_normal((1, head.shared))
    want = in_units(head, 0.0).parameters(raw, shared)[0]
    for step in (np.zeros(()), 1e-3 * SCALE):
        for a, b in zip(in_units(head, step).parameters(raw, shared)[0], want, strict=True):
            np.testing.assert_array_equal(a, b)


UNBOUNDED = {
    "gamma": {"kind": "gamma"},
    "log normal": {"kind": "log_normal"},
    "johnson su": {"kind": "johnson_su"},
    "discretised": {"kind": "discretised", "base": GAUSSIAN},
    "mixture of discretised": {"kind": "mixture", "base": {"kind": "discretised", "base": GAUSSIAN}},
    "logarithm": {"kind": "transformed", "transform": "log", "base": GAUSSIAN},
    "fixed": {"scale": 0.01},
    "column": {"scale": {"column": "known"}},
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_what_has_no_floor_stays_as_it_is(name: str):
    """What the user gives, a probability, and a density whose sharpness is relative."""
    head, rng = head_of(declared(UNBOUNDED[name])), np.random.default_rng(0)
    raw, shared = rng.standard_normal((1, 3, head.predicted)), rng.standard_normal((1, head.shared))
    columns = None if not head.columns else np.full((1, 3, 1), 0.01)
    got, want = (in_units(head, step).parameters(raw, shared, columns)[0] for step in (STEP, 0.0))
    for a, b in zip(got, want, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("family", [GAUSSIAN, BY_EXP, FLOORED["mixture"]], ids=["softplus", "exp", "mixture"])
def test_each_output_has_its_own_step(family: dict[str, Any]):
    steps = np.array([0.25, 0.0, 3.0])
    head = in_units(head_of(declared(family), 3), steps, 3)
    raw, shared, _ = narrowest(head)
    d = head.distribution(raw, shared).marginals()
    log_p = d.log_prob(d.ppf(0.5)).reshape(-1, 3)
    np.testing.assert_allclose(log_p[:, [0, 2]], np.broadcast_to(-np.log(steps[[0, 2]]), (3, 2)), rtol=1e-12)
    assert (log_p[:, 1] > 2.0).all()  # a thousandth of the spread, or nothing


@pytest.mark.parametrize("components", [1, 2])
def test_a_vector_by_the_product_of_its_steps(components: int):
    """The diagonal has the spread of each entry given those before it, whatever stands below it."""
    base: dict[str, Any] = {"kind": "multivariate_gaussian"}
    head = head_of(declared(base if components == 1 else {"kind": "mixture", "components": 2, "base": base}))
    d = head.family.openings[-1].shape[-1]
    steps = 0.25 * 3.0 ** np.arange(d)
    (slot, first) = head.learned("predicted")[-1]
    raw = np.random.default_rng(0).standard_normal((1, 3, head.predicted))
    rows, columns = np.tril_indices(d)
    on = np.tile(rows == columns, components)
    raw[..., first : first + slot.size][..., on] = -700.0
    raw[..., :first] = 0.0
    found = in_units(head, steps, d).distribution(raw, np.zeros((1, 0)))
    at = LOC * 2.0 ** np.arange(d)
    np.testing.assert_allclose(found.log_prob(at), np.full((1, 3), -np.log(steps).sum()), rtol=1e-12)


def losses(name: str) -> tuple[Any, tuple[np.ndarray, np.ndarray], tuple[np.ndarray | None, ...]]:
    """Return the total loss as a function of raw outputs and constants, some of these, and its gradients there."""
    head, rng = in_units(head_of(declared(FLOORED[name])), 2.0), np.random.default_rng(1)
    raw, shared = rng.standard_normal((1, 3, head.predicted)), rng.standard_normal((1, head.shared))
    y, weight = rng.standard_normal((1, 3)), rng.uniform(0.5, 2.0, (1, 3))
    got = head.loss(raw, shared, y)[1](weight)
    return lambda raw, shared: (head.loss(raw, shared, y)[0] * weight).sum(), (raw, shared), got


@pytest.mark.parametrize("name", ["Gaussian", "exp", "mixture, exp and shared", "mixture", "hurdle", "affine"])
def test_gradients(name: str):
    total, arrays, got = losses(name)
    for own, want in zip(got, of_a_sum(total, arrays), strict=True):
        np.testing.assert_allclose(np.zeros_like(want) if own is None else own, want, rtol=1e-7, atol=1e-9)


def test_gradients_on_the_other_engine():
    total, arrays, got = losses("mixture, exp and shared")
    value, found = on_jax.run(jax.value_and_grad(total, argnums=(0, 1)), *arrays)
    assert value == pytest.approx(total(*arrays), rel=1e-12)
    for own, want in zip(got, found, strict=True):
        np.testing.assert_allclose(own, want, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", ["Gaussian", "exp", "mixture", "mixture, exp and shared"])
def test_training_starts_from_the_estimates(name: str):
    """The inverse of a link reaches a scale that lies above its floor."""
    y = np.random.default_rng(0).standard_normal(500)
    head = in_units(head_of(declared(FLOORED[name])), STEP)
    raw, shared = head.raw_start(y, np.ones(500))
    d = head.distribution(raw[None, None], shared[None])
    scale = d.scale if "mixture" not in name else d.components.scale
    for got, want in zip(np.ravel(scale), np.ravel(head.family.estimate(y, np.ones(500))[-1]), strict=True):
        assert got == pytest.approx(SCALE * want, rel=1e-12)
