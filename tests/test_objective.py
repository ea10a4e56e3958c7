"""The objective: whole networks, every family and source of parameters, with its gradient."""

from dataclasses import dataclass
from functools import cached_property, partial

import jax
import numpy as np
import pytest

from likelinet.config import CustomConfig, MLPConfig, parse_config
from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS, DistributionConfig
from likelinet.core.domains import positive
from likelinet.distributions import Distribution, Parameter
from likelinet.networks.build import build_network
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective
from tests import on_jax
from tests.differences import assert_gradients
from tests.families.declared import DECLARED, as_seen, columns_for, declared, head_of, observed

INPUTS, ROWS = 2, 4


class Logistic(Distribution):
    """A family of the user's: parameters and log_prob, nothing else."""

    parameters = (Parameter("loc", role="location"), Parameter("scale", positive, role="scale"))

    def log_prob(self, y):
        z = (np.asarray(y) - self.loc) / self.scale
        return -z - 2.0 * np.logaddexp(0.0, -z) - np.log(self.scale)


CUSTOM = {"kind": "custom", "target": f"{__name__}:Logistic"}
NETWORKS = {
    "linear": {"hidden": []},
    "tanh": {"hidden": [3], "activation": "tanh"},
    "all": {"hidden": [3, 3], "activation": "silu", "dropout": 0.3, "layer_norm": True, "residual": True},
}


@dataclass(frozen=True)
class Case:
    """An objective with typical arrays for it: theta, noise, x, columns, y and weight."""

    distribution: DistributionConfig
    network: MLPConfig
    members: int
    outputs: int | None

    @cached_property
    def objective(self) -> Objective:
        head = head_of(self.distribution, self.outputs)
        return Objective(build_network(self.network, INPUTS, head.predicted), head)

    def predicted(self, params, x, columns):
        """Return the distributions that the network, without dropout, predicts."""
        raw, _ = self.objective.network.forward(params[:-1], x)
        return raw, params[-1], columns

    def arrays(self, seed: int = 0):
        rng = np.random.default_rng(seed)
        objective, lead = self.objective, (self.members, ROWS)
        params = tuple(w.mean + 0.5 * rng.standard_normal((self.members, *w.shape)) for w in objective.layout.weights)
        noise = tuple(rng.random((*lead, width)) for width in objective.network.noise())
        x = rng.standard_normal((*lead, INPUTS))
        columns = columns_for(objective.head, rng, lead)
        if self.distribution.kind == "custom":
            y = rng.standard_normal(lead if self.outputs is None else (*lead, self.outputs))
        else:
            y = observed(objective.head, *self.predicted(params, x, columns), rng)
        return params, noise, x, columns, y, rng.uniform(0.0, 2.0, lead)


def case(family: dict, network: str, members: int = 2, outputs: int | None = None) -> Case:
    config = parse_config({"distribution": family, "network": NETWORKS[network]})
    return Case(config.distribution, config.network, members, outputs)


each_family = pytest.mark.parametrize("name", DECLARED)
each_network = pytest.mark.parametrize("network", NETWORKS)
SEVERAL = (
    "gaussian",
    "student, df shared",
    "poisson with exposure",
    "mixture",
    "truncated gaussian",
    "censored gaussian",
    "censored poisson",
    "hurdle poisson",
)


def check_gradient(c: Case) -> None:
    """All entries of all weights are moved at once, each in a copy of the member: members do not see one another."""
    params, *data = c.arrays()
    _, backward = c.objective(params, *data)
    layout, h = c.objective.layout, 2e-4
    got = pack(backward(), layout)
    for m, theta in enumerate(pack(params, layout)):
        moves = h * np.concatenate([k * np.eye(layout.size) for k in (1.0, -1.0, 2.0, -2.0)])
        one = [tuple(a[m : m + 1] for a in d) if isinstance(d, tuple) else d[m : m + 1] for d in data]
        copies = jax.tree.map(partial(np.repeat, repeats=len(moves), axis=0), one)
        near, back, far, far_back = c.objective(layout.views(theta + moves), *copies)[0].reshape(4, -1)
        assert_gradients([got[m]], [(8.0 * (near - back) - (far - far_back)) / (12.0 * h)])


@each_family
def test_gradient_against_differences(name):
    check_gradient(case(DECLARED[name], "tanh"))


@each_network
@pytest.mark.parametrize("name", SEVERAL)
def test_gradient_of_two_outputs(name, network):
    check_gradient(case(DECLARED[name], network, outputs=2))


@each_network
@pytest.mark.parametrize("members", [1, 3])
def test_gradient_of_other_numbers_of_members(network, members):
    check_gradient(case(DECLARED["student t"], network, members))


@pytest.mark.parametrize("outputs", [None, 2])
def test_gradient_of_a_family_of_the_users(outputs):
    check_gradient(case(CUSTOM | {"parameters": {"scale": "shared"}}, "tanh", outputs=outputs))


@pytest.mark.parametrize(("name", "outputs"), [*((n, None) for n in DECLARED), *((n, 2) for n in SEVERAL)])
def test_value_is_the_weighted_nll_of_the_predicted_distribution(name, outputs):
    c = case(DECLARED[name], "tanh", outputs=outputs)
    params, noise, x, columns, y, weight = c.arrays()
    values, _ = c.objective(params, noise, x, columns, y, weight)
    head = c.objective.head
    nll = head.distribution(*c.predicted(params, x, columns)).nll(as_seen(head, y))
    assert nll.shape == (2, ROWS)
    np.testing.assert_allclose(values, (nll * weight).sum(1), rtol=1e-12)


@each_family
def test_members_do_not_influence_each_other(name):
    c = case(DECLARED[name], "all", 3)
    arrays, others = c.arrays(seed=0), c.arrays(seed=1)

    def first_of(a, b):
        return np.concatenate([a[:1], b[1:]])

    changed = jax.tree.map(first_of, arrays, others)
    (value, backward), (other_value, other_backward) = c.objective(*arrays), c.objective(*changed)
    np.testing.assert_allclose(value[0], other_value[0], rtol=1e-14)
    for grad, other_grad in zip(backward(), other_backward(), strict=True):
        np.testing.assert_allclose(grad[0], other_grad[0], rtol=1e-13, atol=1e-14)
    alone, alone_backward = c.objective(*jax.tree.map(lambda a: a[:1], arrays))
    np.testing.assert_allclose(value[:1], alone, rtol=1e-13)
    for grad, alone_grad in zip(backward(), alone_backward(), strict=True):
        np.testing.assert_allclose(grad[:1], alone_grad, rtol=1e-11, atol=1e-12)


@each_family
def test_rows_of_weight_zero_have_no_gradient(name):
    c = case(DECLARED[name], "all")
    params, noise, x, columns, y, weight = c.arrays()
    weight[:, 2:] = 0.0
    value, backward = c.objective(params, noise, x, columns, y, weight)
    x[:, 2:] += 1.0
    other, other_backward = c.objective(params, noise, x, columns, y, weight)
    np.testing.assert_array_equal(value, other)
    for a, b in zip(backward(), other_backward(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15)
    value, backward = c.objective(params, noise, x, columns, y, 0.0 * weight)
    assert not value.any()
    assert not any(g.any() for g in backward())


ON_JAX = {
    **{
        name: (name, "linear", None)
        for name in ("gaussian", "one spread", "student, df shared", "poisson with exposure")
    },
    "all layers": ("one spread", "all", None),
    "vectors": ("mixture of vectors", "tanh", None),
    "two y": ("gaussian", "linear", 2),
    "two classes": ("categorical", "linear", 2),
    "mixture of two y": ("mixture", "tanh", 2),
}


@pytest.mark.parametrize(("family", "network", "outputs"), ON_JAX.values(), ids=ON_JAX)
def test_jax_gives_the_same_and_jax_grad_agrees(family, network, outputs):
    c = case(DECLARED[family], network, outputs=outputs)
    params, *data = c.arrays()
    values, backward = c.objective(params, *data)

    def both(params, *data):
        values, backward = c.objective(params, *data)
        return values, backward(), jax.grad(lambda p: c.objective(p, *data)[0].sum())(params)

    jax_values, by_hand, by_jax = on_jax.run(both, params, *data)
    np.testing.assert_allclose(jax_values, values, rtol=1e-10)
    for grad, hand, auto in zip(backward(), by_hand, by_jax, strict=True):
        assert hand.dtype == np.float64
        np.testing.assert_allclose(hand, grad, rtol=1e-10, atol=1e-11)
        np.testing.assert_allclose(auto, grad, rtol=1e-10, atol=1e-11)


@each_family
def test_single_precision_gives_single_gradients_close_to_the_double_ones(name):
    c = case(DECLARED[name], "tanh")
    params, noise, x, columns, y, weight = c.arrays()
    single = tuple(p.astype(np.float32) for p in params)
    _, backward = c.objective(single, noise, x.astype(np.float32), columns, y, weight)
    _, exact = c.objective(
        tuple(p.astype(np.float64) for p in single), noise, x.astype(np.float32).astype(float), columns, y, weight
    )
    for grad, want in zip(backward(), exact(), strict=True):
        assert grad.dtype == np.float32
        np.testing.assert_allclose(grad, want, rtol=1e-4, atol=1e-5 * max(np.abs(want).max(initial=0.0), 1.0))


def test_every_kind_of_distribution_is_tried():
    tried = {declared(f).kind for f in DECLARED.values()} | {"custom"}
    assert tried == {c.model_fields["kind"].default for c in (*FAMILY_CONFIGS, *WRAPPER_CONFIGS, CustomConfig)}
