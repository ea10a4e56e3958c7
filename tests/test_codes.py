"""Networks through a code: what a fitted autoencoder can be asked, against closed forms."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import likelinet as ll
from likelinet.config import parse_config
from likelinet.heads.build import build_head
from likelinet.networks.autoencoder import FLOOR, VariationalAutoencoder
from likelinet.networks.build import build_network
from likelinet.networks.chain import Chain
from likelinet.networks.noise import normal
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective
from likelinet.tables.table import read_table
from tests.differences import assert_gradients, of_a_sum

SIGMA = 0.5


def linear_vae(**network) -> dict:
    """Return a linear VAE with Gaussian outputs of fixed scale: probabilistic PCA, whose p(y) is a Gaussian."""
    return {
        "network": {"kind": "vae", "encoder": [], "latent": 2, "decoder": [], **network},
        "distribution": {"kind": "gaussian", "scale": SIGMA},
        "data": {"standardize": False},
        "training": {"epochs": 150, "batch_size": 100, "optimizer": {"kind": "adam", "learning_rate": 0.02}},
    }


def plane(n: int = 600, seed: int = 0) -> np.ndarray:
    """Return rows (n, 4) around a plane through (1, 2, 3, 4)."""
    rng = np.random.default_rng(seed)
    axes = np.array([[1.5, 0.5, -1.0, 0.0], [0.0, 1.0, 0.5, -1.0]])
    return np.arange(1.0, 5.0) + rng.standard_normal((n, 2)) @ axes + SIGMA * rng.standard_normal((n, 4))


@pytest.fixture(scope="module")
def fitted() -> ll.Model:
    return ll.Model(linear_vae()).fit(plane())


def exact(model: ll.Model) -> scipy.stats.multivariate_normal:
    """Return p(y) of a linear VAE: z ~ N(0, I) through an affine map, with noise."""
    at_zero, *at_units = model.decode(np.vstack([np.zeros(2), np.eye(2)])).mean()
    axes = np.array(at_units) - at_zero
    return scipy.stats.multivariate_normal(at_zero, axes.T @ axes + SIGMA**2 * np.eye(4))


def test_the_importance_weighted_bound_reaches_the_likelihood(fitted: ll.Model):
    new = plane(40, seed=1)
    want = exact(fitted).logpdf(new)
    np.testing.assert_allclose(fitted.elbo(new, 3000, seed=0), want, atol=0.05)


def test_the_elbo_is_below_the_likelihood_by_the_divergence_from_the_posterior(fitted: ll.Model):
    new = plane(5, seed=2)
    drawn = fitted.elbo(np.tile(new, (4000, 1)), seed=0).reshape(4000, 5).mean(0)
    axes = fitted.decode(np.eye(2)).mean() - fitted.decode(np.zeros((1, 2))).mean()
    precision = np.eye(2) + axes @ axes.T / SIGMA**2
    fit = fitted._fit
    loc, scale = fit.objective.network.posterior(  # type: ignore[union-attr]
        fit.objective.layout.views(fit.theta)[:-1],
        new.astype(np.float32)[None],  # type: ignore[union-attr]
    )
    residual = (new - fitted.decode(np.zeros((1, 2))).mean()) @ axes.T / SIGMA**2
    exact_loc = residual @ np.linalg.inv(precision)
    gaps = [
        0.5
        * (
            np.trace(precision * s**2)  # of a diagonal covariance
            + (m - e) @ precision @ (m - e)
            - 2.0
            - np.log(np.linalg.det(precision))
            - 2.0 * np.log(s).sum()
        )
        for m, s, e in zip(loc[0], scale[0], exact_loc, strict=True)
    ]
    np.testing.assert_allclose(exact(fitted).logpdf(new) - drawn, gaps, atol=0.1)
    assert min(gaps) >= 0.0  # certain: divergences


def test_training_comes_near_the_maximum_of_probabilistic_pca(fitted: ll.Model):
    rows = plane()
    sample = np.cov(rows.T, bias=True)
    values, vectors = np.linalg.eigh(sample)
    axes = vectors[:, 2:] * np.sqrt(values[2:] - SIGMA**2)  # Tipping & Bishop 1999
    best = scipy.stats.multivariate_normal(rows.mean(0), axes @ axes.T + SIGMA**2 * np.eye(4)).logpdf(rows).mean()
    reached = exact(fitted).logpdf(rows).mean()
    assert reached <= best  # certain: the maximum
    assert reached > best - 0.03


@given(arrays(np.float64, (3, 4), elements=st.floats(-6.0, 6.0)))
def test_the_divergence_is_that_between_gaussians(q):
    network = VariationalAutoencoder(Chain(()), Chain(()), 2)
    y, _ = network.forward((), q[None])
    loc, scale = q[:, :2], np.logaddexp(0.0, q[:, 2:]) + FLOOR
    want = ll.Gaussian(loc, scale).kl_divergence(ll.Gaussian(0.0, 1.0)).sum(1)
    np.testing.assert_allclose(y[0, :, -1], want, rtol=1e-12, atol=1e-12)


def test_the_divergence_is_the_mean_of_what_it_is_the_mean_of():
    q = np.array([[[0.7, -1.2, 0.3, -2.0]]])
    y, _ = VariationalAutoencoder(Chain(()), Chain(()), 2).forward((), q)
    posterior = ll.Gaussian(q[0, 0, :2], np.logaddexp(0.0, q[0, 0, 2:]) + FLOOR)
    z = posterior.sample((400_000,), rng=0)
    drawn = (posterior.log_prob(z) - ll.Gaussian(0.0, 1.0).log_prob(z)).sum(1)
    assert abs(drawn.mean() - y[0, 0, -1]) < 4.0 * drawn.std() / len(drawn) ** 0.5


def test_noise_in_training_is_standard_normal():
    uniform = np.random.default_rng(0).random((50_000, 4))
    drawn = normal(uniform)
    assert drawn.shape == (50_000, 2)
    assert min(scipy.stats.kstest(column, "norm").pvalue for column in drawn.T) > 0.01
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.02
    edges = np.array([0.0, np.nextafter(np.float32(1.0), np.float32(0.0))], dtype=np.float32)
    assert np.isfinite(normal(np.stack(np.meshgrid(edges, edges)).reshape(2, -1).T.reshape(-1, 2))).all()


def test_generated_rows_have_the_moments_of_the_model(fitted: ll.Model):
    rows, p = fitted.generate(40_000, seed=3), exact(fitted)
    assert rows.shape == (40_000, 4)
    np.testing.assert_allclose(rows.mean(0), p.mean, atol=0.04)
    np.testing.assert_allclose(np.cov(rows.T), p.cov, atol=0.08)
    np.testing.assert_array_equal(fitted.generate(5, seed=3), fitted.generate(5, seed=3))


def test_reconstructions_are_decoded_codes(fitted: ll.Model):
    new = plane(7, seed=4)
    codes = fitted.encode(new)
    assert codes.shape == (7, 2)
    np.testing.assert_array_equal(fitted.reconstruct(new), fitted.decode(codes).mean())
    np.testing.assert_array_equal(fitted.reconstruct(new), fitted.predict(new))
    scores = fitted.evaluate(new)
    np.testing.assert_allclose(scores["elbo"], fitted.elbo(new, seed=0).mean(), rtol=1e-12)
    np.testing.assert_allclose(scores["elbo"], fitted.score(new), rtol=1e-12)
    np.testing.assert_allclose(scores["nll"], fitted.predict_dist(new).nll(new).mean(), rtol=1e-12)


def test_bounds_are_in_the_units_of_y():
    rows = plane(200)
    settings = linear_vae() | {"distribution": {"kind": "gaussian"}, "data": {}, "training": {"epochs": 20}}
    near, far = (ll.Model(settings).fit(r) for r in (rows, 1000.0 * rows))
    np.testing.assert_allclose(
        far.elbo(1000.0 * rows, seed=0), near.elbo(rows, seed=0) - 4.0 * np.log(1000.0), rtol=1e-4
    )


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        ("autoencoder", "numpy"),
        ("vae", "numpy"),
        ("vae", "jax"),
        pytest.param("autoencoder", "jax", marks=pytest.mark.slow),  # to the engine it is one more chain of layers
    ],
)
def test_like_every_model(kind: str, engine: str, tmp_path: Path):
    rng = np.random.default_rng(0)
    on = rng.random((60, 3)) < 0.5
    rows = np.hstack([on, ~on]).astype(float)
    settings = {
        "network": {"kind": kind, "encoder": [8], "latent": 2, "decoder": [8], "dropout": 0.1},
        "distribution": {"kind": "bernoulli"},
        "training": {"epochs": 3, "batch_size": 20},
        "engine": engine,
    }
    model = ll.Model(settings).fit(rows)
    assert model.history.engine == engine
    assert model.predict_dist(rows).event_shape == (6,)
    assert set(np.unique(model.predict(rows))) <= {0, 1}
    np.testing.assert_array_equal(model.reconstruct(rows), model.predict_dist(rows).base.probs)  # type: ignore[attr-defined]
    model.save(tmp_path / "model.safetensors")
    loaded = ll.Model.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.encode(rows), model.encode(rows))
    np.testing.assert_array_equal(loaded.sample(rows, 2, seed=1), model.sample(rows, 2, seed=1))
    again = ll.Model(settings).fit(rows)
    np.testing.assert_array_equal(again.encode(rows), model.encode(rows))


def test_booleans_are_pixels():
    rng = np.random.default_rng(0)
    on = rng.random((40, 3)) < 0.5
    model = ll.Model(
        {"network": {"kind": "autoencoder"}, "distribution": {"kind": "bernoulli"}, "training": {"epochs": 1}}
    )
    grey = model.fit(on).reconstruct(on)
    np.testing.assert_array_equal(grey, model.predict_dist(on.astype(float)).mean())
    assert ((grey > 0.0) & (grey < 1.0)).all()


@pytest.mark.parametrize(("step", "share"), [(0, 0.25), (2, 0.75), (3, 1.0), (50, 1.0), (None, 1.0)])
def test_the_warm_up_is_a_share_of_the_divergence_in_loss_and_gradient(step: int | None, share: float):
    rng = np.random.default_rng(0)
    head = build_head(parse_config(linear_vae()).distribution, None, 0, 3)
    network = build_network(parse_config(linear_vae(encoder=[4])).network, 3, head.predicted)
    objective = Objective(network, head, warm_up=4)
    theta = 0.5 * rng.standard_normal((1, objective.layout.size))
    x, weight = rng.standard_normal((1, 5, 3)), rng.uniform(0.5, 1.0, (1, 5))
    noise = tuple(rng.random((1, 5, w)) for w in network.noise())

    def parts(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        *params, shared = objective.layout.views(theta)
        y, _ = network.forward((*params, *noise), x)
        return (head.loss(y[..., :-1], shared, x)[0] * weight).sum(), (y[..., -1] * weight).sum()

    nll, kl = parts(theta)
    loss, backward = objective(objective.layout.views(theta), noise, x, None, x, weight, step)
    np.testing.assert_allclose(loss, nll + share * kl, rtol=1e-13)
    found = pack(backward(), objective.layout)
    numeric = of_a_sum(lambda t: float(np.dot((1.0, share), parts(t))), (theta,))
    assert_gradients((found,), numeric)


@pytest.mark.parametrize("raw", [-1e3, -40.0, 0.0, 30.0])
def test_the_scale_of_a_code_has_a_floor_which_bounds_the_divergence(raw: float):
    """However small the encoder would have it; above the floor it is its softplus, and the gradient never stops."""
    head = build_head(parse_config(linear_vae()).distribution, None, 0, 3)
    network = build_network(parse_config(linear_vae()).network, 3, head.predicted)
    params = [np.zeros((1, *w.shape)) for w in network.weights()]
    latent = network.latent
    params[1][:, latent:] = raw  # the bias of the raw scales
    x = np.ones((1, 2, 3))
    loc, scale = network.posterior(tuple(params), x)
    np.testing.assert_array_equal(loc, 0.0)
    np.testing.assert_allclose(scale, np.logaddexp(0.0, raw) + 1e-3, rtol=1e-14)
    y, _ = network.forward((*params, *(np.full((1, 2, w), 0.5) for w in network.noise())), x)
    want = latent * (0.5 * (scale[0, 0, 0] ** 2 - 1.0) - np.log(scale[0, 0, 0]))
    np.testing.assert_allclose(y[..., -1], want, rtol=1e-12)
    assert want < 10.0 * latent + 0.5 * latent * scale[0, 0, 0] ** 2


def test_nobody_stops_and_no_weights_are_the_best_before_the_warm_up_is_over():
    training = {"epochs": 12, "early_stopping": {"patience": 1}, "optimizer": {"kind": "sgd", "learning_rate": 1e-9}}
    settings = linear_vae(kl_warm_up=9) | {"training": training}
    history = ll.Model(settings).fit(plane(60)).history
    assert min(history.best_epoch) >= 9
    assert len(history.epochs) >= 10


def test_a_divergence_that_is_not_finite_is_named():
    with pytest.raises(ll.NonFiniteError, match="the first parameter to fail is 'scale of the code'"):
        ll.Model(
            linear_vae() | {"training": {"optimizer": {"kind": "sgd", "learning_rate": 1e25}, "gradient_clip": None}}
        ).fit(plane(60))


def test_both_engines_learn_the_same_bound():
    rows = plane(300)
    settings = linear_vae(kl_warm_up=10)
    by_numpy, by_jax = (ll.Model(settings | {"engine": e}).fit(rows) for e in ("numpy", "jax"))
    new = plane(300, seed=5)
    np.testing.assert_allclose(by_jax.elbo(new, 20, seed=0).mean(), by_numpy.elbo(new, 20, seed=0).mean(), atol=0.05)


def test_another_target_than_x():
    rows = plane(100)
    model = ll.Model(linear_vae() | {"training": {"epochs": 2}}).fit(rows, rows[:, :3])
    assert model.reconstruct(rows).shape == (100, 3)
    assert model.elbo(rows, y=rows[:, :3]).shape == (100,)


def test_tables_keep_their_names(tmp_path: Path):
    import pandas as pd

    table = pd.DataFrame(plane(50), columns=["a", "b", "c", "d"]).assign(weight=1.0)
    settings = linear_vae() | {"data": {"weight": "weight"}, "training": {"epochs": 2}}
    model = ll.Model(settings).fit(table)
    assert model.feature_names == model.target_names == ["a", "b", "c", "d"]
    more = table.assign(other="text")
    with pytest.warns(UserWarning, match="other"):
        assert model.elbo(more.assign(weight=[0.0] * 5 + [1.0] * 45)).shape == (50,)


REFUSED = {
    "an ensemble": ({"ensemble": 2}, "'vae' has one code for each row: 'ensemble' must be 1"),
    "no features": ({"data": {"features": []}}, "data.features is empty"),
    "L-BFGS": ({"training": {"optimizer": {"kind": "lbfgs"}}}, "training.optimizer cannot be 'lbfgs'"),
    "no latent": ({"network": {"kind": "vae", "latent": 0}}, "network.latent: input should be greater than 0, got 0"),
}


def small_autoencoder(**declared) -> ll.Model:
    network = {"kind": "autoencoder", "latent": 1, "encoder": [4], "decoder": [4]}
    return ll.Model({"network": network, "training": {"epochs": 3, "batch_size": 20}, **declared})


@pytest.mark.filterwarnings("ignore:Numbers outside of the range of training:UserWarning")
def test_columns_of_held_out_rows_are_found_by_name():
    frame = pd.DataFrame(plane(60) * [1.0, 10.0, 100.0, 1000.0], columns=list("abcd"))
    others = frame[40:][["d", "b", "c", "a"]].assign(more=0.0)
    model = small_autoencoder(data={"features": list("abcd")})
    ordered, shuffled = (ll.Model(model.config).fit(frame[:40], validation=(held,)) for held in (frame[40:], others))
    assert shuffled.history.epochs[-1].validation_nll == ordered.history.epochs[-1].validation_nll
    with pytest.warns(UserWarning, match="X has no names of columns"):
        assert ordered.evaluate(array := frame[40:].to_numpy()) == ordered.evaluate(frame[40:])
    assert small_autoencoder().fit(array).evaluate(frame[40:]).keys() == ordered.evaluate(array).keys()


@pytest.mark.filterwarnings("ignore:.*was trained on these very rows")
def test_true_and_false_in_a_csv_file_are_pixels(tmp_path: Path):
    pixels = pd.DataFrame(np.random.default_rng(0).random((60, 3)) < 0.5, columns=list("abc")).astype({"c": int})
    pixels.to_csv(tmp_path / "pixels.csv", index=False)
    read = read_table(tmp_path / "pixels.csv")
    for model in (small_autoencoder(distribution={"kind": "bernoulli"}).fit(rows) for rows in (pixels, read)):
        assert model.evaluate(read) == model.evaluate(pixels)
        assert set(model.reconstruct(read).ravel().round()) <= {0.0, 1.0}


def test_no_columns_to_make_a_code_of():
    for table in (np.zeros((10, 0)), pd.DataFrame({"w": np.ones(10)})):
        with pytest.raises(ll.DataError, match="needs columns to make a code of, and the table has none"):
            small_autoencoder(data={"weight": "w"}).fit(table)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_combined(name: str):
    changes, message = REFUSED[name]
    with pytest.raises(ll.ConfigError, match=message):
        parse_config(linear_vae() | changes)


def test_errors_in_one_sentence(fitted: ll.Model):
    with pytest.raises(ll.DataError, match=r"codes must have shape \(n, 2\), got \(3, 5\)"):
        fitted.decode(np.zeros((3, 5)))
    with pytest.raises(ll.DataError, match="samples must be a whole number, 1 or more, got 0"):
        fitted.elbo(plane(3), 0)
    plain = ll.Model({"network": {"kind": "autoencoder", "latent": 1}, "training": {"epochs": 1}}).fit(plane(20))
    with pytest.raises(ll.DataError, match="The codes must be numbers"):
        fitted.decode([["a", "b"]])
    with pytest.raises(ll.DataError, match="seed must be a whole number, got 'a'"):
        fitted.generate(2, seed="a")  # type: ignore[arg-type]
    for ask in (lambda: plain.generate(2), lambda: plain.elbo(plane(3))):
        with pytest.raises(ll.UndefinedError, match="an 'autoencoder' has no distribution of codes"):
            ask()
    mlp = ll.Model({"quality": "plain", "training": {"epochs": 1}}).fit(plane(20), plane(20)[:, 0] ** 2)
    with pytest.raises(ll.UndefinedError, match="encode: the network 'mlp' has no codes"):
        mlp.encode(plane(3))
    text = np.array([["a", "b"]] * 10)
    with pytest.raises(ll.DataError, match="Columns 'x0', 'x1' hold text, where y is x"):
        ll.Model({"network": {"kind": "autoencoder"}}).fit(text)
