"""`did you mean` knows what kinds are called elsewhere: the family's own class says so, before spelling is compared."""

from collections import Counter

import pytest

import likelinet as ll
from likelinet.config.base import Config
from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS
from likelinet.config.plain import read_yaml

CONFIGS = (*FAMILY_CONFIGS, *WRAPPER_CONFIGS)
MEANT = {
    "gaussian": "normal norm gauss regression mse",
    "bernoulli": "logit logistic_regression binary binary_classification",
    "categorical": "softmax multiclass classification",
    "ordered_logistic": "ordinal ordered proportional_odds",
    "student_t": "t student robust",
    "negative_binomial": "nb negbin nbinom",
    "poisson": "count counts",
    "log_normal": "lognormal lognorm",
    "multivariate_gaussian": "mvn multivariate_normal",
    "mixture": "gmm mdn mixture_gaussian gaussian_mixture",
    "von_mises": "circular angle",
    "laplace": "mae l1 double_exponential",
    "generalized_pareto": "gpd genpareto",
    "discretised": "discretized rounded",
}
SAID = {
    "zip": "did you mean {kind: zero_inflated, base: {kind: poisson}}?",
    "zinb": "did you mean {kind: zero_inflated, base: {kind: negative_binomial}}?",
    "survival": "did you mean {kind: censored, base: {kind: weibull}}, with data.target: {time: …, event: …}?",
    "cox": "there is no Cox model: {kind: censored, base: {kind: weibull, concentration: shared}} has proportional "
    "hazards",
    "tweedie": "there is no Tweedie family: {kind: hurdle, base: {kind: gamma}} has exact zeros and positive amounts",
    "quantile": "did you mean {kind: asymmetric_laplace, tau: 0.9}, whose loc is that quantile? any other family has "
    "quantiles too: predict_dist(X).ppf(0.9)",
    "truncnorm": "did you mean {kind: truncated, base: {kind: gaussian}, low: …, high: …}?",
}
SAID |= {word: f"did you mean '{kind}'?" for kind, words in MEANT.items() for word in words.split()}


def kind_of(config: type[Config]) -> str:
    return config.model_fields["kind"].default


def told(kind: str) -> str:
    with pytest.raises(ll.ConfigError) as caught:
        ll.Model({"distribution": {"kind": kind}})
    return str(caught.value)


@pytest.mark.parametrize("word", SAID)
def test_names_of_the_field(word: str):
    assert told(word) == f"config: distribution: unknown kind '{word}' ({SAID[word]})."


@pytest.mark.parametrize("word", ["Normal", "Student-t", "Logistic Regression"])
def test_however_it_is_written(word: str):
    assert told(word).endswith({"N": "'gaussian'?).", "S": "'student_t'?).", "L": "'bernoulli'?)."}[word[0]])


def test_every_name_is_of_one_family_and_no_kind():
    words = Counter(word for c in CONFIGS for word in c.other_names)
    assert [word for word, times in words.items() if times > 1] == []
    assert sorted(words.keys() & map(kind_of, CONFIGS)) == []
    assert sorted(w for w in words if told(w).find("possible:") >= 0) == []


def test_what_is_advised_is_valid():
    """Every config in braces that a message proposes is one, but for the bounds that it leaves open."""
    for config in CONFIGS:
        for advice in filter(None, config.other_names.values()):
            written = advice[advice.index("{") : advice.rindex("}") + 1].partition("}, with")[0]
            written += "}" * (written.count("{") - written.count("}"))
            bounds = written.replace("low: …", "low: 0").replace("high: …", "high: 1")
            assert ll.Model({"distribution": read_yaml(bounds)}).config.distribution.kind == kind_of(config)


def test_a_base_is_looked_up_as_well():
    with pytest.raises(ll.ConfigError, match=r"base: unknown kind 'normal' \(did you mean 'gaussian'\?\)"):
        ll.Model({"distribution": {"kind": "mixture", "base": {"kind": "normal"}}})
