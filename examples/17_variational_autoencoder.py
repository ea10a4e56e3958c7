"""
A variational autoencoder that draws digits
===========================================

An autoencoder can reconstruct, but it cannot invent: nobody knows which codes mean anything. Say that first, as a prior
z ~ N(0, I), and the decoder becomes a model of images, whose likelihood is an integral over all codes,

.. math:: p(x) = \\int p(x \\mid z)\\, N(z; 0, I)\\, dz.

Nearly all codes explain a given x badly, so the encoder learns where to look: it gives a Gaussian q(z | x). With it,
the *evidence lower bound* (Kingma & Welling 2014) replaces the integral,

.. math:: \\log p(x) \\geq \\mathbb{E}_{q(z \\mid x)} \\log p(x \\mid z) - \\mathrm{KL}(q(z \\mid x) \\,\\|\\, N(0, I)),

a reconstruction, and a price for each code that is more precise than the prior. The draw is written as
:math:`z = \\mu + \\sigma \\epsilon` with :math:`\\epsilon \\sim N(0, I)`, so that gradients flow through it into
the encoder.

How far is the bound from log p(x)? Average k weights p(x, z) / q(z | x) before taking the logarithm: the bound gets
tighter with k, and reaches log p(x) in the end (Burda et al. 2016). They report a −log p(x) of 86.8 nats per test
image, by k = 5000, for a model with one layer of codes like this one, a hidden layer more on either side, and 3,280
passes over the data. The 24 passes of a full run take minutes; 80 of them, over four copies of the data instead of two,
gave an -ELBO of 95.4 and 90.2 nats by k = 5000.

A pixel is ink with the probability of its grey value. Each training image was binarised twice, and both are rows of the
table: a little like new draws for every epoch, which the published number was trained on and a table cannot hold. The
test images were binarised once.

Run it: ``python examples/17_variational_autoencoder.py [--quick]``
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
PUBLISHED = 86.8  # Burda, Grosse & Salakhutdinov 2016, table 1: one stochastic layer, k = 1 in training
COPIES = 2


def binarised(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return 1 where a pixel is ink, which it is with probability grey / 255."""
    return (255.0 * rng.random(grey.shape, dtype=np.float32) < grey).astype(np.uint8)


def main(quick: bool = False) -> dict[str, Any]:
    """Fit, bound the likelihood of the test images with more and more samples, and draw new digits."""
    n, n_test, n_tight = (2000, 300, 50) if quick else (60_000, 10_000, 200)
    ks = (100,) if quick else (100, 1000, 5000)
    rng = np.random.default_rng(0)
    mnist = ll.datasets.mnist()
    train = np.concatenate([binarised(mnist.train_images[:n], rng) for _ in range(COPIES)])
    test = binarised(mnist.test_images[:n_test], np.random.default_rng(1))

    epochs = 5 if quick else 12
    latent = 2 if quick else 32  # over codes of two numbers a test can integrate
    config = ll.ModelConfig(
        network=ll.VAEConfig(encoder=[500], latent=latent, decoder=[500], activation="relu"),
        distribution=ll.BernoulliConfig(),
        data=ll.DataConfig(standardize=False),
        training=ll.TrainingConfig(
            optimizer=ll.AdamConfig(learning_rate=0.002),
            batch_size=128,
            epochs=epochs,
            validation_fraction=0.0,  # the cosine schedule says when to stop; nothing is chosen by held-out images
        ),
    )
    began = time.perf_counter()
    model = ll.Model(config).fit(train)
    minutes = (time.perf_counter() - began) / 60.0

    bounds = {k: (-model.elbo(test, k, seed=k), 0.0) for k in (1, 10)}
    elbo, ten = -bounds[1][0], bounds[10][0]
    # More samples cost more, so they get the first images alone, and what they gain there over 10 samples is taken off
    # the bound of all images: the gain varies far less from image to image than the bounds do.
    for k in ks:
        gain = model.elbo(test[:n_tight], k, seed=k) + ten[:n_tight]
        bounds[k] = (ten - gain.mean(), gain.std(ddof=1) / np.sqrt(n_tight))
    bounds = {k: (float(nats.mean()), float(error)) for k, (nats, error) in bounds.items()}
    print(f"{minutes:.1f} minutes of training; {n_test} test images, more than 10 samples for {n_tight} of them")
    print(f"{'samples':>8s}{'nats':>9s}{'std. error':>12s}   bound of -log p(x) per test image")
    for k, (nats, error) in bounds.items():
        print(f"{k:8d}{nats:9.2f}{error:12.2f}" + ("   -ELBO" if k == 1 else ""))
    over_images = float(elbo.std(ddof=1) / np.sqrt(n_test))
    print(f"Another {n_test} test images would move all of them together by {over_images:.2f}, as a standard error.")
    print(f"Published, k = 5000, after 3,280 passes over the data instead of {epochs * COPIES}: {PUBLISHED}")
    # Tighter and tighter on average; on a few images the gain from 10 to 100 samples is no larger than its error.
    assert bounds[10][0] < bounds[1][0]
    assert bounds[100][0] < min(bounds[10][0] + 1.0, bounds[1][0])
    if not quick:
        assert bounds[1][0] <= 100.0

    codes = np.random.default_rng(2).standard_normal((64, latent))
    means = model.decode(codes).mean()
    draws = model.generate(64, seed=3)
    figure = Figure(figsize=(15, 4.4), layout="constrained")
    *pictures, right = figure.subplots(1, 4)
    titles = ("Test images, binarised", "New: draws of the model", "New: probabilities of ink")
    for axis, images, title in zip(pictures, (test[:64], draws, means), titles, strict=True):
        axis.imshow(images.reshape(8, 8, 28, 28).swapaxes(1, 2).reshape(224, 224), cmap="gray_r", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[], title=title)
    nats, errors = np.array(list(bounds.values())).T
    right.errorbar(list(bounds), nats, 2 * errors, fmt="o-", color="#0072B2", capsize=3)
    for k, value in zip(bounds, nats, strict=True):
        right.annotate(f"{value:.1f}", (k, value), xytext=(5, 6), textcoords="offset points", color="#0072B2")
    right.axhline(PUBLISHED, color="#D55E00", ls="--", lw=1)
    right.text(1, PUBLISHED, "published, 3,280 passes: 86.8", va="bottom", color="#D55E00")
    right.set(
        xscale="log", xlabel="samples k", ylabel="nats per test image", title="Bound of −log p(x), ± 2 standard errors"
    )
    right.set_xticks(list(bounds), [f"{k:,}" for k in bounds])
    right.minorticks_off()
    right.margins(x=0.15, y=0.12)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "17_variational_autoencoder.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    return {"bounds": bounds, "elbo": elbo, "model": model, "test": test, "draws": draws, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
