"""The JAX engine: what is compiled and how often, its random numbers, and what it refuses."""

import builtins
import sys

import jax
import numpy as np
import pytest

import likelinet as ll
from likelinet.engines import compilation_cache
from likelinet.engines import pieces as pieces_module
from likelinet.engines.engine import Batches, Diverged, Task
from likelinet.engines.jax import JaxEngine, inexpressible
from likelinet.engines.pieces import blocks_of, groups, one_ahead, pieces
from likelinet.networks.noise import uniform
from likelinet.optim.sgd import SGD
from tests import on_jax
from tests.engines.test_numpy_engine import N, epoch, one_batch, problem

X = np.random.default_rng(0).standard_normal((60, 2))
Y = np.sin(X[:, 0]) + 0.1 * np.random.default_rng(1).standard_normal(60)


def start(objective, data, theta, rate=0.1, limit=None, seed=0, held=0, at_once=8):
    noise = [np.random.default_rng([seed, m]) for m in range(len(theta))]
    engine = JaxEngine(on_jax.OPTIONS, at_once=at_once)
    held_out = np.tile(np.arange(held), (len(theta), 1))
    return engine.start(Task(objective, data, SGD(np.full(100, rate)), limit, noise, held_out), theta)


def several(steps: int, members: int = 2) -> Batches:
    rows = np.random.default_rng(steps).integers(0, N, (steps, members, 5))
    return Batches(rows, np.full(rows.shape, 0.2))


@pytest.mark.parametrize("at_once", [1, 8])
def test_dropout_differs_by_member_and_step_and_not_by_run(at_once):
    objective, data, theta = problem(dropout=0.5)
    theta = np.tile(theta[:1], (2, 1))
    batch = several(4)
    same = Batches(np.tile(batch.rows[:1, :1], (4, 2, 1)), batch.share)
    a, b = (epoch(start(objective, data, theta, rate=0.0, at_once=at_once), same) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert len(set(a.ravel().tolist())) == a.size
    np.testing.assert_array_equal(
        epoch(
            start(objective, data, theta[:1], rate=0.0, at_once=at_once), Batches(same.rows[:, :1], same.share[:, :1])
        ),
        a[:, :1],
    )


def test_uniform_numbers_are_uniform_and_unrelated():
    keys = np.random.default_rng(0).integers(2**32, size=(3, 2), dtype=np.uint32)
    draws = np.stack(
        [uniform(keys, np.int32(step), mask, (64, 64), np.dtype("f4")) for step in (0, 1) for mask in (0, 1)]
    )
    assert draws.dtype == np.float32
    assert draws.min() >= 0.0  # certain: an integer over a power of two
    assert draws.max() < 1.0  # certain: the integer is below that power
    flat = draws.reshape(-1, 64 * 64).astype(float)
    counts = np.stack([np.histogram(f, 64, (0.0, 1.0))[0] for f in flat])
    assert np.abs(((counts - 64.0) ** 2 / 64.0).sum(1) - 63.0).max() < 5.0 * np.sqrt(2 * 63.0)
    assert np.abs(np.corrcoef(flat) - np.eye(len(flat))).max() < 5.0 / 64.0
    for shift in (1, 2, 64):  # neighbours in a row, and rows
        assert np.abs([np.corrcoef(f[:-shift], f[shift:])[0, 1] for f in flat]).max() < 5.0 / 64.0


def test_uniform_numbers_are_the_same_when_compiled():
    keys = np.random.default_rng(0).integers(2**32, size=(2, 2), dtype=np.uint32)
    got = on_jax.run(lambda k, s: uniform(k, s, 1, (3, 5), np.dtype("f8")), keys, np.int32(7))
    np.testing.assert_array_equal(got, uniform(keys, np.int32(7), 1, (3, 5), np.dtype("f8")))


def test_one_program_serves_all_epochs_members_and_the_last_steps():
    objective, data, theta = problem(members=3)
    run = start(objective, data, theta, held=7)
    for outcome in run.epochs(iter([several(5, 3), several(5, 3), several(2, 3)])):
        assert np.isfinite(outcome.losses[:, [0, 2]]).all()
        run.stop(np.array([1]))
    assert outcome.losses.shape == (2, 3)
    assert run._train._cache_size() == run._value._cache_size() == 1


def test_an_epoch_in_pieces_is_the_same_epoch(monkeypatch):
    objective, data, theta = problem()
    whole = list(start(objective, data, theta, held=11).epochs(iter([several(7), several(6)])))
    monkeypatch.setattr(pieces_module, "WORK", 3.0 * pieces_module.PER_STEP)
    monkeypatch.setattr(pieces_module, "ROWS_AT_ONCE", 4)
    run = start(objective, data, theta, held=11)
    for a, b in zip(run.epochs(iter([several(7), several(6)])), whole, strict=True):
        np.testing.assert_array_equal(a.losses, b.losses)
        np.testing.assert_array_equal(a.weights, b.weights)
        np.testing.assert_allclose(a.held_out, b.held_out, rtol=1e-12)
    assert run._size == 2
    rows = np.tile(np.arange(N), (2, 1))
    plain, _ = objective(objective.layout.views(theta), (), *data.at(rows), data.weight[rows])
    np.testing.assert_allclose(run.evaluate(theta, rows), plain, rtol=1e-10)


def test_what_ends_a_run_is_looked_for_between_two_calls(monkeypatch):
    monkeypatch.setattr(pieces_module, "WORK", 3.0 * pieces_module.PER_STEP)
    objective, data, theta = problem()
    looked = []

    def check():
        looked.append(True)
        if len(looked) == 2:
            raise KeyboardInterrupt

    noise, held_out = [np.random.default_rng(m) for m in range(2)], np.zeros((2, 0), dtype=int)
    task = Task(objective, data, SGD(np.full(100, 0.1)), None, noise, held_out, check)
    with pytest.raises(KeyboardInterrupt):
        epoch(JaxEngine(on_jax.OPTIONS).start(task, theta), several(7))


def test_pieces_cover_an_epoch_once(monkeypatch):
    monkeypatch.setattr(pieces_module, "WORK", 2.0 * 10 * pieces_module.ROWS_AT_ONCE * 2)
    cut = pieces(steps=7, size=3, blocks=5, weights=10)
    assert [i for p in cut for i in p.steps] == list(range(7))
    assert [i for p in cut for i in p.blocks] == list(range(5))
    assert [p.last for p in cut] == [False] * (len(cut) - 1) + [True]
    assert list(one_ahead(range(4))) == [0, 1, 2, 3]
    assert blocks_of(np.zeros((2, 0), dtype=int), np.ones(3)) == []


def test_weights_are_those_of_what_was_yielded_and_the_start_is_a_copy():
    objective, data, theta = problem()
    before, run = theta.copy(), start(objective, data, theta)
    for outcome in run.epochs(iter([several(3), several(3)])):
        np.testing.assert_array_equal(run.weights(), outcome.weights)
    np.testing.assert_array_equal(theta, before)


@pytest.mark.parametrize("at_once", [1, 8])
def test_a_loss_that_is_not_finite_ends_the_run_before_that_step(at_once):
    objective, data, theta = problem(distribution={"links": {"loc": "identity", "scale": "exp"}})
    theta[1] *= 1e3
    run = start(objective, data, theta, at_once=at_once)
    with pytest.raises(Diverged, match=r"^the loss is not finite at step 1; .* 'scale'$"):
        epoch(run, one_batch(2))
    np.testing.assert_array_equal(run.weights()[1], theta[1])
    run = start(objective, data, theta, at_once=at_once)
    run.stop(np.array([1]))  # what has stopped cannot end the run
    assert np.isfinite(epoch(run, one_batch(2))[:, 0]).all()


SETTINGS = {
    "quality": "plain",
    "network": {"hidden": [4]},
    "training": {"epochs": 4, "batch_size": 16},
    "engine": "jax",
}


def test_a_model_from_fit_to_file(tmp_path):
    model = ll.Model({**SETTINGS, "ensemble": 2}).fit(X, Y, sample_weight=np.linspace(0.5, 1.5, 60))
    same = ll.Model({**SETTINGS, "ensemble": 2}).fit(X, Y, sample_weight=np.linspace(0.5, 1.5, 60))
    np.testing.assert_array_equal(model.predict(X), same.predict(X))
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "m.safetensors").predict(X), model.predict(X))
    plain = ll.Model({**SETTINGS, "ensemble": 2, "engine": "numpy"}).fit(X, Y, sample_weight=np.linspace(0.5, 1.5, 60))
    np.testing.assert_allclose(model.predict(X), plain.predict(X), rtol=1e-3, atol=1e-3)
    assert not jax.config.jax_enable_x64


def test_ctrl_c_keeps_the_best_weights():
    def interrupt(epoch):
        if epoch.epoch == 2:
            raise KeyboardInterrupt

    model = ll.Model(SETTINGS)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, callbacks=[interrupt])
    assert model.history.stopped == "interrupted"
    assert np.isfinite(model.score(X, Y))


def test_code_is_kept_on_disk_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    before = {k: v for k, v in jax.config.values.items() if "cache" in k}
    objective, data, theta = problem()
    first = epoch(start(objective, data, theta), one_batch(2))
    kept = sorted((tmp_path / "likelinet" / "jax").iterdir())
    assert kept
    hits = []
    jax.monitoring.register_event_listener(lambda event, **_: hits.append(event))
    data.y[:] += 1.0  # other numbers, the same code
    assert (epoch(start(objective, data, theta), one_batch(2)) != first).all()
    assert hits.count("/jax/compilation_cache/cache_hits") >= 1
    assert sorted((tmp_path / "likelinet" / "jax").iterdir()) == kept
    assert before == {k: v for k, v in jax.config.values.items() if "cache" in k}
    monkeypatch.setattr(compilation_cache, "LIMIT", 1)
    compilation_cache.cache_folder()
    assert not list((tmp_path / "likelinet" / "jax").iterdir())


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compilation_cache.cache_folder() is None
    objective, data, theta = problem()
    assert np.isfinite(epoch(start(objective, data, theta), one_batch(2))).all()


class Opaque(ll.Distribution):
    """A family whose formula is NumPy's alone."""

    parameters = (ll.Parameter("loc", ll.real),)

    def __init__(self, loc):
        self._set({"loc": loc})

    def log_prob(self, y):
        return -0.5 * np.square(np.asarray(y) - self.loc) - 0.918938533204673


class Own(Opaque):
    """The same, with a loss in the array module of its arguments."""

    @classmethod
    def loss(cls, params, y):
        (loc,) = params
        return 0.5 * (y - loc) ** 2, lambda d: (d * (loc - y),)


class Portable(Opaque):
    """The same by log_prob alone, in that array module."""

    def log_prob(self, y):
        return -0.5 * (y - self.loc) ** 2 - 0.918938533204673


def test_a_family_of_ones_own():
    config = {**SETTINGS, "training": {**SETTINGS.get("training", {}), "precision": "float64"}}
    model, by_log_prob = (ll.Model(config, distribution=cls).fit(X, Y) for cls in (Own, Portable))
    np.testing.assert_allclose(by_log_prob.predict_dist(X).loc, model.predict_dist(X).loc, rtol=1e-9, atol=1e-9)
    by_differences = ll.Model({"quality": "plain", **config, "engine": "numpy"}, distribution=Portable).fit(X, Y)
    np.testing.assert_allclose(
        by_log_prob.predict_dist(X).loc, by_differences.predict_dist(X).loc, rtol=1e-6, atol=1e-6
    )
    with pytest.raises(ll.ConfigError, match=r"^engine: 'jax' cannot run the family 'Opaque' .*'numpy'\.$"):
        ll.Model(SETTINGS, distribution=Opaque).fit(X, Y)


def test_a_family_that_jax_cannot_express_is_named():
    truncated = {"kind": "truncated", "base": {"kind": "gamma"}, "high": 9.0}
    with pytest.raises(ll.UndefinedError, match="Gamma: its cdf has no gradient on this engine"):
        ll.Model({**SETTINGS, "distribution": truncated}).fit(X, np.exp(Y))
    objective, data, _ = problem()
    assert inexpressible(objective, data) is None


def test_without_jax_the_message_says_what_to_install(monkeypatch):
    plain = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "jax":
            raise ModuleNotFoundError("No module named 'jax'")
        return plain(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "likelinet.engines.jax")
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ll.ConfigError, match=r'pip install "likelinet\[jax\]"'):
        ll.Model(SETTINGS).fit(X, Y)


@pytest.mark.parametrize(
    ("members", "at_once", "size"), [(1, 2, 1), (8, 2, 4), (8, 1, 8), (5, 2, 1), (6, 4, 1), (10, 2, 5), (3, 16, 1)]
)
def test_groups_are_of_one_size_and_enough_for_all_cores(members, at_once, size):
    found = groups(members, at_once)
    assert {len(g) for g in found} == {size}
    np.testing.assert_array_equal(np.concatenate(found), np.arange(members))
