"""The examples of networks through a code run, and what they show is true."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from tests.data import needs_mnist
from tests.test_examples import run


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Numbers outside|Columns that say nothing:UserWarning")
@needs_mnist
def test_autoencoder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result = run("16_autoencoder", tmp_path)
    # The mean squared error is on one side of the identity, the density of a Gaussian of scale 1 on the other.
    np.testing.assert_allclose(result["gaussian_nll"], 784 * (0.5 * result["rmse"] ** 2 - norm.logpdf(0.0)), rtol=1e-9)
    assert result["bernoulli_nll"] < 0.75 * result["without_code"]
    assert 190.0 < result["without_code"] < 215.0  # 206 nats on all images
    np.testing.assert_allclose(result["linear_rmse"], 0.1337, atol=5e-4)  # does not depend on any network
    assert result["agreement"] > 0.2  # of ten digits, a tenth by chance
    assert "must be 0 or 1" in capsys.readouterr().out


@pytest.mark.slow
@needs_mnist
def test_variational_autoencoder(tmp_path: Path):
    result = run("17_variational_autoencoder", tmp_path)
    nats = {k: value for k, (value, _) in result["bounds"].items()}
    assert nats[10] < nats[1] < 190.0  # 206 without a code
    assert nats[100] < min(nats[10] + 1.0, nats[1])
    np.testing.assert_allclose(nats[1], -result["elbo"].mean())
    # The quick model has codes of two numbers, so that log p(x) is an integral over a plane, by the decoder alone; 2000
    # samples come within some tenths of it, as a lower bound on average.
    axis = np.linspace(-6.0, 6.0, 81)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    model, images = result["model"], result["test"][:8]
    given_code, prior = model.decode(plane), norm.logpdf(plane).sum(axis=1) + 2.0 * np.log(axis[1] - axis[0])
    exact = np.array([logsumexp(given_code.log_prob(image) + prior) for image in images])
    gap = exact - model.elbo(images, 2000, seed=0)
    assert gap.min() > -1.5
    assert abs(np.median(gap)) < 0.6  # of an image whose code lies far out the samples may miss much
    # What the bound lacks is the divergence of q(z | x) from p(z | x), by Jensen's inequality positive.
    bound = np.mean([model.elbo(images, seed=seed).mean() for seed in range(50)])
    assert exact.mean() - bound > 0.05
    assert result["draws"].shape == (64, 784)
    assert set(np.unique(result["draws"])) == {0, 1}
