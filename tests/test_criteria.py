"""What training follows beside the likelihood: its error signal at the head, and whole fits with it."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.core.errors import ConfigError
from likelinet.objective.beta_nll import BetaNLL
from likelinet.objective.criterion import Likelihood
from likelinet.objective.crps import CRPS
from tests import on_jax
from tests.differences import of_a_sum
from tests.families.declared import declared, head_of

ROWS = 5
FAMILIES = {
    "gaussian": ({}, None),
    "one spread": ({"scale": "shared"}, None),
    "two outputs": ({"kind": "laplace"}, 2),
    "mixture": ({"kind": "mixture"}, None),
    "mixtures of two outputs": ({"kind": "mixture", "components": 2}, 2),
}
each = pytest.mark.parametrize(("family", "outputs"), FAMILIES.values(), ids=FAMILIES)
BETA = 0.7


def arrays(family: dict, outputs: int | None):
    """Return a head, raw outputs, shared constants and y of two members."""
    head, rng = head_of(declared(family), outputs), np.random.default_rng(0)
    lead = 2, ROWS
    y = rng.standard_normal(lead if outputs is None else (*lead, outputs))
    return head, rng.standard_normal((*lead, head.predicted)), rng.standard_normal((2, head.shared)), y


def gradient_of(rows, raw, shared, d):
    """Return the derivatives of a weighted sum of what `rows` gives for each row, by differences."""
    return of_a_sum(lambda *at: (rows(*at) * d).sum(), (raw, shared), h=1e-3)


@each
@pytest.mark.parametrize("criterion", [BetaNLL(BETA), CRPS()], ids=["beta nll", "crps"])
def test_the_values_are_the_nll(criterion, family, outputs):
    head, raw, shared, y = arrays(family, outputs)
    values, _ = criterion(head, raw, shared, y, None)
    np.testing.assert_allclose(values, head.distribution(raw, shared).nll(y), rtol=1e-12)


@each
def test_the_signal_of_the_crps_is_its_gradient(family, outputs):
    head, raw, shared, y = arrays(family, outputs)
    d = np.random.default_rng(1).uniform(0.5, 2.0, (2, ROWS))
    _, backward = CRPS()(head, raw, shared, y, None)
    want = gradient_of(lambda r, s: head.family.crps_loss(head.parameters(r, s)[0], y)[0], raw, shared, d)
    assert_signal(backward(d), want)
    of_each = head.distribution(raw, shared).crps(y)
    mine = head.family.crps_loss(head.parameters(raw, shared)[0], y)[0]
    np.testing.assert_allclose(mine, of_each if outputs is None else of_each.sum(-1), rtol=1e-10)


@each
def test_the_signal_of_the_beta_nll_is_weighted_by_the_spread(family, outputs):
    head, raw, shared, y = arrays(family, outputs)
    d = np.random.default_rng(1).uniform(0.5, 2.0, (2, ROWS))
    variance = head.distribution(raw, shared).var()

    def weighted(r, s):
        family = head.family if outputs is None else head.family.base  # each output by itself
        rows = variance**BETA * family.loss(head.parameters(r, s)[0], y)[0]
        return rows if outputs is None else rows.sum(-1)

    assert_signal(BetaNLL(BETA)(head, raw, shared, y, None)[1](d), gradient_of(weighted, raw, shared, d))


def test_a_beta_of_0_is_the_likelihood():
    head, raw, shared, y = arrays({"kind": "mixture"}, None)
    d = np.ones((2, ROWS))
    got, want = (c(head, raw, shared, y, None)[1](d)[0] for c in (BetaNLL(0.0), Likelihood()))
    np.testing.assert_array_equal(got, want)


def test_a_beta_of_1_gives_the_location_of_a_gaussian_the_squared_error():
    head, raw, shared, y = arrays({}, None)
    draw, _ = BetaNLL(1.0)(head, raw, shared, y, None)[1](np.ones((2, ROWS)))
    np.testing.assert_allclose(draw[..., 0], raw[..., 0] - y, rtol=1e-12)


def test_jax_gives_the_same_signals():
    tried = {
        "likelihood": Likelihood(),
        "beta nll": BetaNLL(BETA),
        "crps": CRPS(),
    }
    head, raw, shared, y = arrays({"kind": "mixture"}, 2)
    d = np.random.default_rng(1).uniform(0.5, 2.0, (2, ROWS))

    def signals(raw, shared, y, d):
        found = {name: criterion(head, raw, shared, y, None) for name, criterion in tried.items()}
        return {name: (values, backward(d)[0]) for name, (values, backward) in found.items()}

    here, there = signals(raw, shared, y, d), on_jax.run(signals, raw, shared, y, d)
    for name in tried:
        for mine, other in zip(here[name], there[name], strict=True):
            np.testing.assert_allclose(other, mine, rtol=1e-9, atol=1e-11)


def assert_signal(got, want):
    for mine, other in zip(got, want, strict=True):
        if mine is None:  # nothing is shared
            assert other.size == 0
            continue
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-9)


# ---- whole fits --------------------------------------------------------------------------------------------------


def noisy(n: int = 300):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 1.0, (n, 1))
    return x, np.sin(2.0 * x[:, 0]) + (0.1 + 0.3 * (x[:, 0] > 0)) * rng.standard_normal(n)


def config(**objective):
    return parse_config(
        {
            "quality": "plain",
            "network": {"hidden": [8]},
            "training": {"epochs": 12, "objective": objective, "precision": "float64", "schedule": None},
        }
    )


OBJECTIVES = {
    "beta nll": {"kind": "beta_nll"},
    "crps": {"kind": "crps"},
    "natural gradient": {"kind": "natural_gradient"},
}


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
def test_a_fit_reports_the_nll_and_keeps_the_epoch_that_has_the_best(objective):
    x, y = noisy()
    model = ll.Model(config(**objective)).fit(x, y, validation=(x[:100], y[:100]), progress=False)
    plain = ll.Model(config()).fit(x, y, validation=(x[:100], y[:100]), progress=False)
    validated = [e.validation_nll[0] for e in model.history.epochs]
    assert model.history.best_epoch == [1 + int(np.argmin(validated))]
    np.testing.assert_allclose(min(validated), model.predict_dist(x[:100]).nll(y[:100]).mean(), rtol=1e-9)
    assert np.abs(model.predict_dist(x).mean() - plain.predict_dist(x).mean()).max() > 1e-3
    assert np.mean(model.predict_dist(x).nll(y)) < model.history.epochs[0].train_nll[0]


REFUSED = {
    "family without a crps": (
        {"distribution": {"kind": "student_t"}, "training": {"objective": {"kind": "crps"}}},
        "training.objective 'crps': StudentT has no CRPS with a gradient in closed form: make it 'nll', or choose a "
        "family that it is for.",
    ),
    "mixture without a crps": (
        {"distribution": {"kind": "mixture", "base": {"kind": "laplace"}}, "training": {"objective": {"kind": "crps"}}},
        "training.objective 'crps': Mixture of Laplace has no CRPS with a gradient in closed form: make it 'nll', or "
        "choose a family that it is for.",
    ),
    "wrapper without a crps": (
        {"distribution": {"kind": "truncated", "base": {}, "low": -9.0}, "training": {"objective": {"kind": "crps"}}},
        "training.objective 'crps': Truncated has no CRPS with a gradient in closed form: make it 'nll', or choose a "
        "family that it is for.",
    ),
    "family without a variance": (
        {"distribution": {"kind": "cauchy"}, "training": {"objective": {"kind": "beta_nll"}}},
        "training.objective 'beta_nll': Cauchy has no variance in closed form: make it 'nll', or choose a family that "
        "it is for.",
    ),
    "family without an information": (
        {"distribution": {"kind": "mixture", "base": {}}, "training": {"objective": {"kind": "natural_gradient"}}},
        "training.objective 'natural_gradient': Mixture has no Fisher information in closed form: make it 'nll', or "
        "choose a family that it is for.",
    ),
}


@pytest.mark.parametrize(("declaration", "sentence"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("engine", ["numpy", "jax"])
def test_a_family_without_it_is_refused_before_training(declaration, sentence, engine):
    x, y = noisy()
    with pytest.raises(ConfigError) as error:
        ll.Model(parse_config(declaration | {"engine": engine})).fit(x, y, progress=False)
    assert str(error.value) == sentence


def test_a_model_in_which_no_feature_varies_is_refused():
    x, y = noisy()
    with pytest.raises(ConfigError, match=r"^training.objective 'crps': no feature varies, and a model"):
        ll.Model(config(kind="crps")).fit(0.0 * x, y, progress=False)


WRONG = {
    "L-BFGS": ({"training": {"optimizer": {"kind": "lbfgs"}}}, "L-BFGS"),
    "no features": ({"data": {"features": []}}, "a model without features"),
    "a code": ({"network": {"kind": "autoencoder", "encoder": []}}, "a code"),
}


@pytest.mark.parametrize(("declaration", "what"), WRONG.values(), ids=WRONG)
def test_what_takes_the_likelihood_alone_refuses_others(declaration, what):
    training = declaration.get("training", {}) | {"objective": {"kind": "crps"}}
    with pytest.raises(ConfigError) as error:
        parse_config(declaration | {"training": training})
    assert (
        str(error.value) == f"config: 'training.objective' is 'crps', but {what} takes the likelihood: make it 'nll'."
    )
