"""Groups of members as a config declares them: what is refused, and what each group is by itself."""

import re
from typing import Any

import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.selection.baselines import baselines
from likelinet.selection.candidates import families

FOLDED = {"quality": "plain", "ensemble": 2, "training": {"folds": 2}}
THREE: list[dict[str, Any]] = [
    {"network": {"hidden": [2]}},
    {"numeric": {"kind": "piecewise_linear", "bins": 4}, "ensemble": 3},
    {"distribution": {"kind": "mixture", "components": 2}},
]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            {"groups": "patient"},
            "groups: is a list of groups of members, got 'patient': the column of the rows' groups is data",
        ),
        (
            {"quality": "plain", "groups": [{}]},
            "'groups' are weighed by rows that their members hold out: set 'training.folds'.",
        ),
        (FOLDED | {"groups": []}, "groups: is empty: name one group of members or more, or write null"),
        (FOLDED | {"groups": [{}, {"ensemble": 1}]}, "groups.1: 'training.folds' is 2, but 'ensemble' is 1: each fold"),
        (FOLDED | {"groups": [{"network": {"kind": "vae"}}]}, "groups.0: 'vae' has one code for each row"),
        ({"network": {"kind": "vae"}, "groups": [{}]}, "'vae' has one code for each row: 'groups' must be null."),
        (
            FOLDED | {"groups": [{}, {"distribution": {"kind": "bernoulli"}}]},
            "groups.1: 'bernoulli' beside 'gaussian': y is a class for one and a number for the other",
        ),
        (
            FOLDED | {"groups": [{"distribution": {"kind": "censored", "base": {}}}]},
            "groups.0: 'censored(gaussian)' beside 'gaussian': only one of them takes intervals",
        ),
        (
            FOLDED
            | {
                "distribution": {"kind": "poisson", "exposure": "years"},
                "groups": [{}, {"distribution": {"kind": "geometric"}}],
            },
            "groups.1: 'geometric' beside 'poisson': all groups must read the same columns of the table, not none and "
            "years.",
        ),
        (
            FOLDED | {"groups": [{"distribution": {"kind": "custom", "target": "a:B"}}]},
            "groups.0: a class of your own belongs to all groups",
        ),
        (
            FOLDED | {"groups": [{"distribution": {"kind": "auto"}}]},
            "groups.0: 'auto' chooses one family for all groups: write it in",
        ),
        (FOLDED | {"groups": [{}, {"network": {"hiden": [3]}}]}, "groups.1.network: unknown key 'hiden' (did you mean"),
        (FOLDED | {"groups": [{"hidden": [3]}]}, "groups.0: unknown key 'hidden' (did you mean 'network.hidden'?)."),
    ],
)
def test_what_is_no_declaration_of_groups(declared: dict[str, Any], message: str):
    with pytest.raises(ll.ConfigError, match=re.escape(message)):
        parse_config(declared)


def test_a_group_is_the_whole_but_for_what_it_has_of_its_own():
    whole = parse_config(FOLDED | {"distribution": {"kind": "laplace"}, "groups": [{}, *THREE]})
    plain, narrow, coded, mixture = whole.each_group
    assert plain == whole.model_copy(update={"groups": None})
    assert narrow == plain.model_copy(update={"network": ll.MLPConfig(hidden=[2])})
    assert coded.data == plain.data.model_copy(update={"numeric": ll.PiecewiseLinearConfig(bins=4)})
    assert (coded.ensemble, coded.network, coded.distribution) == (3, plain.network, plain.distribution)
    assert mixture == plain.model_copy(update={"distribution": mixture.distribution})
    assert mixture.distribution.in_brief == "mixture(gaussian)"
    assert plain.each_group == [plain]
    assert [whole.group_in_words(g) for g in range(4)] == [
        "networks",
        "networks [2]",
        "networks with codes of 4 bins",
        "networks; mixture(gaussian)",
    ]


@pytest.mark.parametrize(
    ("network", "numeric", "words"),
    [
        ({"hidden": []}, {"kind": "linear"}, "linear models"),
        ({"hidden": [], "dropout": 0.5}, {"kind": "piecewise_linear"}, "linear models with codes, dropout 0.5"),
        ({"hidden": [9, 9], "residual": True}, {"kind": "linear"}, "networks [9, 9], residual"),
        ({"dropout": 0.5}, {"kind": "piecewise_linear", "bins": 8}, "networks [128, 128] with codes of 8 bins, "),
    ],
)
def test_what_the_members_of_a_group_are(network: dict[str, Any], numeric: dict[str, Any], words: str):
    config = parse_config({"quality": "plain", "ensemble": 2, "network": network, "data": {"numeric": numeric}})
    assert config.members_in_words.startswith(words)


def test_words_for_groups_of_a_quality_repeat_nothing():
    words = parse_config({"quality": "best"})
    each = [words.group_in_words(g) for g in range(5)]
    assert len({*each}) == 5
    assert each[0] == "linear models"
    assert each[-1] == "networks with codes"
    assert words.networks_in_brief == "40 networks in 5 groups"


def test_simpler_models_and_other_families_are_compared_without_what_groups_have():
    config = parse_config(FOLDED | {"data": {"target": "y"}, "groups": THREE})
    assert [found.groups for found in baselines(config).values()] == [None, None]
    found = families("config, laplace", config)
    assert found["config"] == config
    assert [g.distribution.kind for g in found["laplace"].each_group] == ["laplace"] * 3
    assert [g.network for g in found["laplace"].each_group] == [g.network for g in config.each_group]
