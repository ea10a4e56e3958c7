"""The objective: whole networks, every family and source of parameters, with its gradient."""

from dataclasses import dataclass
from functools import cached_property

import jax
import numpy as np
import pytest

from likelinet.build import build_family, build_network
from likelinet.config import MLPConfig, ModelConfig, parse_config
from likelinet.config.distribution import DistributionConfig
from likelinet.distributions import Distribution, Parameter
from likelinet.domains import positive
from likelinet.families.head import Head
from likelinet.objective import Objective
from tests import on_jax
from tests.differences import assert_gradients, of_a_sum

INPUTS, ROWS, CLASSES = 2, 4, 3


class Logistic(Distribution):
    """A family of the user's: parameters and log_prob, nothing else."""

    parameters = (Parameter("loc", role="location"), Parameter("scale", positive, role="scale"))

    def log_prob(self, y):
        z = (np.asarray(y) - self.loc) / self.scale
        return -z - 2.0 * np.logaddexp(0.0, -z) - np.log(self.scale)


CUSTOM = {"kind": "custom", "target": f"{__name__}:Logistic"}
FAMILIES = {
    "gaussian": {},
    "least squares": {"scale": 0.7},
    "one spread": {"scale": "shared"},
    "nothing predicted": {"loc": "shared", "scale": "shared"},
    "student": {"kind": "student_t"},
    "student, df shared": {"kind": "student_t", "df": "shared", "links": {"scale": "exp"}},
    "gamma": {"kind": "gamma"},
    "gamma, concentration shared": {"kind": "gamma", "concentration": "shared", "links": {"rate": "exp"}},
    "poisson": {"kind": "poisson"},
    "negative binomial": {"kind": "negative_binomial"},
    "negative binomial, count shared": {"kind": "negative_binomial", "total_count": "shared"},
    "bernoulli": {"kind": "bernoulli"},
    "categorical": {"kind": "categorical"},
    "categorical, shared": {"kind": "categorical", "logits": "shared"},
    "mixture": {"kind": "mixture", "components": 2},
    "mixture, shared weights and spreads": {
        "kind": "mixture",
        "components": 2,
        "logits": "shared",
        "base": {"kind": "gaussian", "scale": "shared"},
    },
    "mixture of gammas": {"kind": "mixture", "components": 2, "base": {"kind": "gamma", "concentration": 2.0}},
}
NETWORKS = {
    "linear": {"hidden": []},
    "tanh": {"hidden": [3], "activation": "tanh"},
    "all": {"hidden": [3, 3], "activation": "silu", "dropout": 0.3, "layer_norm": True, "residual": True},
}


@dataclass(frozen=True)
class Case:
    """An objective with typical arrays for it: params, noise, x, y and weight."""

    distribution: DistributionConfig
    network: MLPConfig
    members: int
    outputs: int | None

    @cached_property
    def objective(self) -> Objective:
        head = Head(build_family(self.distribution, None, CLASSES, self.outputs))
        return Objective(build_network(self.network, INPUTS, head.predicted), head)

    def arrays(self, seed: int = 0):
        rng = np.random.default_rng(seed)
        objective, lead = self.objective, (self.members, ROWS)
        params = tuple(w.mean + 0.5 * rng.standard_normal((self.members, *w.shape)) for w in objective.layout.weights)
        noise = tuple(rng.random((*lead, width)) for width in objective.network.noise())
        event = () if self.outputs is None else (self.outputs,)
        kind = getattr(self.distribution, "base", self.distribution).kind
        y = {
            "gamma": lambda: rng.gamma(2.0, 0.7, (*lead, *event)),
            "poisson": lambda: rng.poisson(2.0, (*lead, *event)).astype(float),
            "negative_binomial": lambda: rng.poisson(2.0, (*lead, *event)).astype(float),
            "bernoulli": lambda: rng.integers(0, 2, (*lead, *event)).astype(float),
            "categorical": lambda: rng.integers(0, CLASSES, (*lead, *event)).astype(float),
        }.get(kind, lambda: rng.standard_normal((*lead, *event)))()
        return params, noise, rng.standard_normal((*lead, INPUTS)), y, rng.uniform(0.0, 2.0, lead)


def case(family: dict, network: str, members: int = 2, outputs: int | None = None) -> Case:
    config = parse_config({"distribution": family, "network": NETWORKS[network]})
    return Case(config.distribution, config.network, members, outputs)


each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
each_network = pytest.mark.parametrize("network", NETWORKS)
each_outputs = pytest.mark.parametrize("outputs", [None, 2], ids=["one y", "two y"])


def check_gradient(c: Case) -> None:
    params, *data = c.arrays()
    _, backward = c.objective(params, *data)
    assert_gradients(backward(), of_a_sum(lambda *p: c.objective(p, *data)[0].sum(), params))


@each_family
@each_network
@each_outputs
def test_gradient_against_differences(family, network, outputs):
    check_gradient(case(family, network, outputs=outputs))


@each_network
@pytest.mark.parametrize("members", [1, 3])
def test_gradient_of_other_numbers_of_members(network, members):
    check_gradient(case(FAMILIES["student"], network, members))


@each_outputs
def test_gradient_of_a_family_of_the_users(outputs):
    check_gradient(case(CUSTOM | {"parameters": {"scale": "shared"}}, "tanh", outputs=outputs))


@each_family
@each_outputs
def test_value_is_the_weighted_nll_of_the_predicted_distribution(family, outputs):
    c = case(family, "tanh", outputs=outputs)
    params, noise, x, y, weight = c.arrays()
    values, _ = c.objective(params, noise, x, y, weight)
    raw, _ = c.objective.network.forward(params[:-1], x)
    nll = c.objective.head.distribution(raw, params[-1]).nll(y)
    assert nll.shape == (2, ROWS)
    np.testing.assert_allclose(values, (nll * weight).sum(1), rtol=1e-12)


@each_family
@each_outputs
def test_members_do_not_influence_each_other(family, outputs):
    c = case(family, "all", 3, outputs)
    arrays, others = c.arrays(seed=0), c.arrays(seed=1)

    def first_of(a, b):
        return np.concatenate([a[:1], b[1:]])

    changed = jax.tree.map(first_of, arrays, others)
    (value, backward), (other_value, other_backward) = c.objective(*arrays), c.objective(*changed)
    assert value[0] == other_value[0]
    for grad, other_grad in zip(backward(), other_backward(), strict=True):
        np.testing.assert_array_equal(grad[0], other_grad[0])
    alone, alone_backward = c.objective(*jax.tree.map(lambda a: a[:1], arrays))
    np.testing.assert_allclose(value[:1], alone, rtol=1e-13)
    for grad, alone_grad in zip(backward(), alone_backward(), strict=True):
        np.testing.assert_allclose(grad[:1], alone_grad, rtol=1e-11, atol=1e-12)


@each_family
def test_rows_of_weight_zero_have_no_gradient(family):
    c = case(family, "all")
    params, noise, x, y, weight = c.arrays()
    weight[:, 2:] = 0.0
    value, backward = c.objective(params, noise, x, y, weight)
    x[:, 2:] += 1.0
    other, other_backward = c.objective(params, noise, x, y, weight)
    np.testing.assert_array_equal(value, other)
    for a, b in zip(backward(), other_backward(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15)
    value, backward = c.objective(params, noise, x, y, 0.0 * weight)
    assert not value.any()
    assert not any(g.any() for g in backward())


ON_JAX = {
    **{name: (name, "tanh", None) for name in FAMILIES},
    "all layers": ("one spread", "all", None),
    "two y": ("gaussian", "linear", 2),
    "two classes": ("categorical", "linear", 2),
    "mixture of two y": ("mixture", "linear", 2),
}


@pytest.mark.parametrize(("family", "network", "outputs"), ON_JAX.values(), ids=ON_JAX)
def test_jax_gives_the_same_and_jax_grad_agrees(family, network, outputs):
    c = case(FAMILIES[family], network, outputs=outputs)
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
def test_single_precision_gives_single_gradients_close_to_the_double_ones(family):
    c = case(family, "tanh")
    params, noise, x, y, weight = c.arrays()
    single = tuple(p.astype(np.float32) for p in params)
    _, backward = c.objective(single, noise, x.astype(np.float32), y, weight)
    _, exact = c.objective(
        tuple(p.astype(np.float64) for p in single), noise, x.astype(np.float32).astype(float), y, weight
    )
    for grad, want in zip(backward(), exact(), strict=True):
        assert grad.dtype == np.float32
        np.testing.assert_allclose(grad, want, rtol=1e-4, atol=1e-5 * max(np.abs(want).max(initial=0.0), 1.0))


def test_every_kind_of_distribution_is_tried():
    tried = {parse_config({"distribution": f}).distribution.kind for f in FAMILIES.values()} | {"custom"}
    kinds = {kind for kind in ModelConfig.model_json_schema()["$defs"] if kind.endswith("Config")}
    families = {k for k in kinds if "links" in ModelConfig.model_json_schema()["$defs"][k]["properties"]} | {
        "MixtureConfig"
    }
    consts = {ModelConfig.model_json_schema()["$defs"][k]["properties"]["kind"]["const"] for k in families}
    assert consts == tried
