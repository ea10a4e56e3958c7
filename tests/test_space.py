"""Spaces of configs: what is drawn from, and what is wrong with one before any work is done."""

from typing import Any

import pytest

import likelinet as ll
from likelinet.config.files import plain_of
from likelinet.selection.space import Choice, Range, space_of

PLAIN = ll.ModelConfig(quality="plain", data={"target": "y"})


@pytest.mark.parametrize(
    "config",
    [
        PLAIN,
        ll.ModelConfig(data={"target": {"lower": "a", "upper": "b"}}, distribution=ll.GaussianConfig()),
        ll.ModelConfig(ensemble=4, training={"folds": 2}, groups=[{}, {"network": {"hidden": [4]}}]),
        ll.ModelConfig(
            data=ll.DataConfig(target={"time": "t", "event": {"column": "e", "is": "x"}}),
            training=ll.TrainingConfig(optimizer=ll.AdamConfig()),
            distribution={"kind": "censored", "base": {"kind": "weibull"}},
        ),
    ],
)
def test_what_is_declared_declares_the_same_again(config: ll.ModelConfig):
    again = ll.ModelConfig.model_validate(plain_of(config))
    assert again == config
    assert plain_of(again) == plain_of(config)


def test_whole_numbers_where_both_ends_are_and_text_is_a_number():
    keys = space_of(
        PLAIN,
        {
            "ensemble": {"low": 1, "high": 3},
            "training.optimizer.learning_rate": {"low": "1e-4", "high": 1, "log": True},
            "network.hidden": [[4], [4, 4], []],
        },
    ).keys
    assert keys["ensemble"] == Range(low=1, high=3)
    assert keys["ensemble"].drawn == [1, 2, 3]
    assert keys["training.optimizer.learning_rate"] == Range(low=1e-4, high=1, log=True)
    assert not Range(low=1e-4, high=1).whole
    assert keys["network.hidden"] == Choice({"[4]": [4], "[4, 4]": [4, 4], "[]": []})


def test_all_configs_of_a_small_space_in_their_order():
    space = space_of(PLAIN, {"ensemble": {"low": 1, "high": 2}, "network.hidden": [[4], [8]]})
    assert space.many == 4
    points = [*space.points()]
    assert [space.values(p) for p in points] == [
        {"ensemble": n, "network.hidden": hidden} for n in (1, 2) for hidden in ([4], [8])
    ]
    assert space.plain(space.values(points[-1])) == {
        "quality": "plain",
        "data": {"target": "y"},
        "ensemble": 2,
        "network": {"hidden": [8]},
    }


def test_what_a_quality_fills_is_filled_anew():
    space = space_of(ll.ModelConfig(data={"target": "y"}), {"training.optimizer.learning_rate": [0.01]})
    drawn = ll.ModelConfig.model_validate(space.plain({"training.optimizer.learning_rate": 0.01}))
    good = ll.ModelConfig()
    assert drawn.groups == good.groups
    assert drawn.training.optimizer == good.training.optimizer.model_copy(update={"learning_rate": 0.01})


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({}, "s: write keys with their values, like network.hidden: [[64], [128, 128]]."),
        ([1], "s: write keys with their values"),
        ({3: [1]}, "s: 3 is no key"),
        ({"network.hiden": [[4]]}, "s: network: unknown key 'hiden' (did you mean 'hidden'?)."),
        ({"learning_rate": [1]}, "s: unknown key 'learning_rate' (did you mean 'training.optimizer.learning_rate'?)."),
        ({"ensemble": 3}, "s: ensemble: write a list of values, or {low: …, high: …}, got 3."),
        ({"ensemble": []}, "s: ensemble: write a list of values"),
        ({"ensemble": {"low": 1, "hihg": 4}}, "s: ensemble: unknown key 'hihg' (did you mean 'high'?)"),
        ({"ensemble": {"low": 1}}, "s: ensemble: high: is missing."),
        ({"ensemble": {"low": 4, "high": 1}}, "s: ensemble: 'low' must be below 'high', got 4 and 1."),
        ({"ensemble": {"low": 0, "high": 1, "log": True}}, "'low' must be above 0 where 'log' is true, got 0."),
        ({"ensemble": {"low": 0, "high": 10**6}}, "s: with ensemble=0: ensemble: input should be greater than 0"),
        ({"ensemble": {"low": 0.5, "high": 2}}, "s: with ensemble=0.5: ensemble: must be a whole number, got 0.5."),
        ({"ensemble": [1, 1]}, "s: ensemble: the same value is there twice"),
        ({"ensemble": [2, 1], "training.folds": [2]}, "s: with ensemble=1, training.folds=2: 'training.folds' is 2"),
        ({"network": [{}], "network.hidden": [[3]]}, "s: network.hidden is a part of network, which has values too"),
        ({"training.seed": [1, 2]}, "s: training.seed: the folds by which configs are compared must be the same"),
        ({"data.target": ["a"]}, "s: data.target: the rows by which configs are compared must be the same"),
        ({"data": [{}]}, "s: data: the rows by which configs are compared must be the same"),
    ],
)
def test_what_is_wrong_is_said(search: Any, message: str):
    with pytest.raises(ll.ConfigError) as error:
        space_of(PLAIN, search, "s")
    assert message in str(error.value)
