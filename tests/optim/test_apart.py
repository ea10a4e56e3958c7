"""Rates and weight decay of the weights that feed scales: which these are, what they do, and the same on JAX."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import AdamWConfig, SGDConfig, parse_config
from likelinet.networks.layer import Weight
from likelinet.objective.layout import Layout
from likelinet.optim.adam import Adam
from likelinet.optim.apart import ScalesApart, scales_apart
from likelinet.optim.build import build_optimiser
from likelinet.optim.optimiser import Optimiser
from tests import on_jax
from tests.families.declared import declared, head_of

LAYOUT = Layout((Weight((2, 3), decayed=True), Weight((3,)), Weight((3, 2), decayed=True), Weight((2,)), Weight((2,))))
STEPS, RATE = 4, 0.05
SCALES = np.array([False, True])


def moved(rule: Optimiser, seed: int = 0):
    """Return the weights before and after some steps, each in the order of the layout, by the pure rule."""
    rng = np.random.default_rng(seed)
    theta = before = rng.standard_normal((2, LAYOUT.size))
    state = rule.init(theta)
    for g in rng.standard_normal((STEPS, 2, LAYOUT.size)):
        theta, state = rule.update(g, state, theta)
    return LAYOUT.views(before), LAYOUT.views(theta)


def built(rate: float, decay: float, optimizer=None, average: float | None = None):
    config = AdamWConfig(learning_rate=RATE, weight_decay=0.3) if optimizer is None else optimizer
    return build_optimiser(config, None, STEPS, LAYOUT, average, ScalesApart(SCALES, rate, decay))


def test_only_what_feeds_scales_is_moved_apart():
    _, plain = moved(built(1.0, 1.0))
    before, got = moved(built(0.3, 1.0))
    for i in (0, 1, 4):
        np.testing.assert_array_equal(got[i], plain[i])
    for i in (2, 3):
        np.testing.assert_array_equal(got[i][..., 0], plain[i][..., 0])
        assert (got[i][..., 1] != plain[i][..., 1]).all()
    # Of the bias, which does not decay, Adam's steps do not depend on where it is.
    np.testing.assert_allclose(got[3][..., 1] - before[3][..., 1], 0.3 * (plain[3] - before[3])[..., 1], rtol=1e-12)


@pytest.mark.parametrize("decay", [0.0, 0.5, 3.0])
def test_the_decay_of_scales_is_a_multiple_of_that_of_the_others(decay):
    none = Adam(np.full(STEPS, RATE), 0.0, 0)
    theta = np.ones((1, LAYOUT.size))
    rule = built(0.4, decay)
    for form in (rule.update, rule.update_in_place):
        at = theta.copy()
        found = form(np.zeros_like(theta), none.init(theta), at)
        got = LAYOUT.views(found[0] if form == rule.update else at)
        np.testing.assert_allclose(got[0], 1.0 - RATE * 0.3, rtol=1e-13)
        np.testing.assert_allclose(got[2][..., 0], 1.0 - RATE * 0.3, rtol=1e-13)
        np.testing.assert_allclose(got[2][..., 1], 1.0 - 0.4 * decay * RATE * 0.3, rtol=1e-13)
        for i in (1, 3, 4):
            np.testing.assert_array_equal(got[i], 1.0)


def test_factors_of_1_leave_the_rule_as_it_is():
    assert type(built(1.0, 1.0)) is Adam
    assert type(built(1.0, 0.0, SGDConfig())).__name__ == "SGD"  # which has no decay to multiply
    none = ScalesApart(np.zeros(2, dtype=bool), 0.3, 3.0)
    rule = Adam(np.full(STEPS, RATE), 0.3, LAYOUT.decayed)
    assert scales_apart(rule, LAYOUT, none, 0.3) is rule


@pytest.mark.parametrize(
    ("optimizer", "average"), [(None, 0.9), (SGDConfig(momentum=0.9), None)], ids=["adamw, averaged", "sgd"]
)
def test_each_weight_alone_on_jax_is_moved_as_all_together_in_place(optimizer, average):
    rule, rng = built(0.3, 3.0, optimizer, average), np.random.default_rng(0)
    theta, gradients = rng.standard_normal((2, LAYOUT.size)), rng.standard_normal((STEPS, 2, LAYOUT.size))
    want = theta.copy()
    state = rule.init(want)
    for g in gradients:
        state = rule.update_in_place(g.copy(), state, want)

    def each(theta, gradients):
        rules = [rule.alone(rule.rates, LAYOUT, i) for i in range(len(LAYOUT.weights))]
        found = []
        for i, own in enumerate(rules):
            at = LAYOUT.views(theta)[i]
            state = own.init(at)
            for g in gradients:
                at, state = own.update(LAYOUT.views(g)[i], state, at)
            found.append((at, own.kept(at, state)))
        return found

    for (there, kept), here, kept_here in zip(
        on_jax.run(each, theta, gradients), LAYOUT.views(want), LAYOUT.views(rule.kept(want, state)), strict=True
    ):
        np.testing.assert_allclose(there, here, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(kept, kept_here, rtol=1e-12, atol=1e-14)


OUTPUTS = {
    "gaussian": ({}, None, [False, True]),
    "of two y": ({}, 2, [False, False, True, True]),
    "shared": ({"scale": "shared"}, None, [False]),
    "log normal": ({"kind": "log_normal"}, None, [False, True]),
    "mixture": ({"kind": "mixture", "components": 2}, None, [False] * 4 + [True] * 2),
    "gamma": ({"kind": "gamma"}, None, [False, False]),
    "student t": ({"kind": "student_t"}, None, [False, False, True]),
}


@pytest.mark.parametrize(("family", "outputs", "want"), OUTPUTS.values(), ids=OUTPUTS)
def test_which_outputs_belong_to_scales(family, outputs, want):
    assert head_of(declared(family), outputs).scales.tolist() == want


def test_a_fit_takes_them_from_its_config():
    """After one step of a linear model, whose log scale is a raw output."""
    x = np.linspace(-1.0, 1.0, 60)[:, None]
    y = np.sin(3.0 * x[:, 0]) + 0.2 * x[:, 0] * np.random.default_rng(0).standard_normal(60)
    one_step = {"epochs": 1, "batch_size": None, "validation_fraction": 0.0, "schedule": None, "precision": "float64"}

    def predicted(rate: float, **training):
        declaration = {
            "quality": "plain",
            "network": {"hidden": []},
            "distribution": {"links": {"scale": "exp"}},
            "training": one_step | training | {"optimizer": {"kind": "sgd", "learning_rate": rate}},
        }
        d = ll.Model(parse_config(declaration)).fit(x, y, progress=False).predict_dist(x)
        return d.loc, np.log(d.scale)

    (_, start), (loc, plain), (same, slower) = predicted(1e-14), predicted(0.1), predicted(0.1, scale_rate=0.3)
    assert np.abs(plain - start).max() > 1e-3
    np.testing.assert_allclose(slower - start, 0.3 * (plain - start), rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(same, loc)
