"""Randomness: same seed, same bits; each member has streams of its own, whatever the size of the ensemble."""

import numpy as np
import pytest

from likelinet.training.streams import Streams
from tests.training.problems import EXACT, model, table, weights

X, Y = table(60)
KINDS = {
    "plain": {},
    "dropout": {"network": {"dropout": 0.3}},
    "single": {"precision": "float32"},
    "norm": {"hidden": [4, 4], "network": {"layer_norm": True, "residual": True}},
    "stops early": {"epochs": 30, "optimizer": {"learning_rate": 0.1}, "early_stopping": {"patience": 2}},
    "lbfgs": EXACT | {"validation_fraction": 0.2, "epochs": 10},
}
each = pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)


@each
def test_same_seed_same_bits(settings):
    fits = [model(members=2, seed=3, **settings).fit(X, Y) for _ in range(2)]
    np.testing.assert_array_equal(weights(fits[0]), weights(fits[1]))
    assert [e.train_nll for e in fits[0].history.epochs] == [e.train_nll for e in fits[1].history.epochs]


@each
def test_another_seed_another_model(settings):
    assert (weights(model(seed=3, **settings).fit(X, Y)) != weights(model(seed=4, **settings).fit(X, Y))).mean() > 0.9


@each
def test_a_member_is_the_same_in_a_larger_ensemble(settings):
    alone, three = (model(members=m, **settings).fit(X, Y) for m in (1, 3))
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if settings.get("precision") else {"rtol": 1e-9, "atol": 1e-11}
    np.testing.assert_allclose(weights(three)[:1], weights(alone), **tolerance)
    assert three.history.best_epoch[0] == alone.history.best_epoch[0]
    assert (weights(three)[0] != weights(three)[1]).mean() > 0.9


def test_no_two_streams_are_the_same():
    draws = [getattr(s, name).random() for s in Streams.of(0, 3) for name in ("initial", "split", "shuffle", "dropout")]
    assert len(set(draws)) == 12


def test_the_streams_of_the_first_members_do_not_depend_on_how_many_there_are():
    few, many = Streams.of(5, 2), Streams.of(5, 9)
    for a, b in zip(few, many, strict=False):
        for name in vars(a):
            np.testing.assert_array_equal(getattr(a, name).random(4), getattr(b, name).random(4))


def test_the_global_state_of_numpy_is_neither_read_nor_moved():
    np.random.seed(0)  # noqa: NPY002
    first = weights(model().fit(X, Y))
    drawn = np.random.random()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    assert np.random.random() == drawn  # noqa: NPY002
    np.testing.assert_array_equal(weights(model().fit(X, Y)), first)


def test_dropout_is_for_training_alone():
    fitted = model(network={"dropout": 0.5}).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict(X), fitted.predict(X))
    # Without masks the network is the one without dropout, with the same weights.
    plain = model().fit(X, Y)
    plain._fit.theta[...] = weights(fitted)
    np.testing.assert_array_equal(plain.predict(X), fitted.predict(X))
    assert plain.score(X, Y) == fitted.score(X, Y)


def test_dropout_changes_the_training_and_not_the_start():
    settings = {"epochs": 2, "batch_size": None, "validation_fraction": 0.0}
    dropped, plain = (model(network={"dropout": rate}, **settings).fit(X, Y) for rate in (0.5, 0.0))
    assert dropped.history.epochs[0].train_nll != plain.history.epochs[0].train_nll
    assert not np.array_equal(weights(dropped), weights(plain))
