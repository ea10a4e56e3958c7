"""
An autoencoder is a likelihood, too
===================================

An autoencoder squeezes each image x into a code z of a few numbers and predicts the image from its code. It is fitted
as all models here are: the decoder's outputs are the parameters of a distribution, and the loss is minus its log. Which
loss that is depends on what a pixel is. If it is a grey value, take a Gaussian of fixed scale,

.. math:: -\\log p(x \\mid z) = \\tfrac{1}{2} \\lVert x - \\hat{x}(z) \\rVert^2 + \\tfrac{784}{2} \\log 2 \\pi
          \\qquad (\\sigma = 1),

which is the squared error. If it is ink or no ink, take a Bernoulli distribution, and it is the cross-entropy

.. math:: -\\log p(x \\mid z) = -\\sum_i \\bigl[x_i \\log \\hat{p}_i(z) + (1 - x_i) \\log (1 - \\hat{p}_i(z))\\bigr].

The cross-entropy can be computed for grey values as well, and often is, but then it is no likelihood: 0.4 is neither of
the two outcomes, so that no distribution over grey images has that density. We draw ink with the grey value as its
probability instead: *binarise* the image.

You will see both losses come out of the library to the last digits, reconstructions beside those of principal
components, which are the best *linear* autoencoder (Baldi & Hornik 1989), and a plane of codes on which digits of a
kind lie together although nobody told the network which digit is which.

The data are MNIST: 60,000 + 10,000 images of 28 x 28 pixels.

Run it: ``python examples/16_autoencoder.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.figure import Figure
from scipy.special import xlogy

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#8C9196", "#000000", "#A6761D", "#7B4FA3"]


def fit(images: np.ndarray, latent: int, distribution: Any, epochs: int) -> ll.Model:
    """Return an autoencoder: 784 pixels - 256 - 128 - the code - 128 - 256 - 784 pixels."""
    config = ll.ModelConfig(
        network=ll.AutoencoderConfig(encoder=[256, 128], latent=latent, decoder=[128, 256], activation="relu"),
        distribution=distribution,
        data=ll.DataConfig(standardize=False),  # pixels lie between 0 and 1 as they are
        training=ll.TrainingConfig(epochs=epochs, batch_size=128, validation_fraction=0.02),
    )
    return ll.Model(config).fit(images)  # no y: it is the image itself


def main(quick: bool = False) -> dict[str, Any]:
    """Fit Gaussian and Bernoulli autoencoders, check what their losses are, and draw a plane of codes."""
    n, n_test, epochs = (2000, 500, 4) if quick else (60_000, 10_000, 5)
    mnist = ll.datasets.mnist()
    grey, test, labels = mnist.train_images[:n] / 255.0, mnist.test_images[:n_test] / 255.0, mnist.test_labels[:n_test]
    rng = np.random.default_rng(0)
    ink, test_ink = ((rng.random(images.shape) < images).astype(np.uint8) for images in (grey, test))

    gaussian = fit(grey, 32, ll.GaussianConfig(scale=1.0), epochs)
    mean = gaussian.reconstruct(test)
    half_squared = 0.5 * ((test - mean) ** 2).sum(axis=1).mean()
    gaussian_nll = gaussian.evaluate(test)["nll"]
    constant = 392.0 * np.log(2.0 * np.pi)
    assert np.isclose(gaussian_nll, half_squared + constant, rtol=1e-9)

    bernoulli = fit(ink, 32, ll.BernoulliConfig(), epochs)
    p = bernoulli.reconstruct(test_ink)
    cross_entropy = -(xlogy(test_ink, p) + xlogy(1 - test_ink, 1.0 - p)).sum(axis=1).mean()
    bernoulli_nll = bernoulli.evaluate(test_ink)["nll"]
    assert np.isclose(bernoulli_nll, cross_entropy, rtol=1e-6)
    refused = ""
    try:
        fit(grey[:100], 2, ll.BernoulliConfig(), 1)
    except ll.DataError as error:
        refused = str(error)

    # The best linear code of as many numbers, for comparison: the leading eigenvectors of the covariance matrix.
    centre, axes_of = grey.mean(axis=0), np.linalg.eigh(np.cov(grey.T))[1][:, -32:]
    linear = centre + (test - centre) @ axes_of @ axes_of.T
    rmse, linear_rmse = (float(np.sqrt(np.mean((test - r) ** 2))) for r in (mean, linear))
    pixel_p = np.clip(ink.mean(axis=0), 0.5 / n, 1.0 - 0.5 / n)  # without a code: one probability for each pixel
    without_code = -(xlogy(test_ink, pixel_p) + xlogy(1 - test_ink, 1.0 - pixel_p)).sum(axis=1).mean()

    print(f"{'per test image':34s}{'NLL':>10s}   is")
    is_half = f"{constant:.4f} + half the squared error {half_squared:.4f}"
    print(f"{'Gaussian, code of 32':34s}{gaussian_nll:10.4f}   {is_half}")
    print(f"{'Bernoulli, code of 32':34s}{bernoulli_nll:10.4f}   the cross-entropy {cross_entropy:.4f}")
    print(f"{'Bernoulli, no code':34s}{without_code:10.4f}")
    print(f"Pixel RMSE of grey test images: autoencoder {rmse:.4f}, 32 principal components {linear_rmse:.4f}")
    print(f"Grey values for a Bernoulli: {refused}")
    assert "must be 0 or 1" in refused
    assert bernoulli_nll < 0.75 * without_code
    if not quick:
        assert rmse < 0.85 * linear_rmse

    plane = fit(ink, 2, ll.BernoulliConfig(), epochs if quick else 2 * epochs)
    codes = plane.encode(test_ink)
    # Does a code know its digit? Let the 5 nearest other test images vote.
    votes = labels[np.argsort(((codes[:1000, None] - codes[None]) ** 2).sum(-1), axis=1)[:, 1:6]]
    agreement = float(np.mean([np.bincount(v, minlength=10).argmax() for v in votes] == labels[:1000]))
    print(f"Plane of codes: the five nearest neighbours name the digit of {agreement:.1%} of 1,000 test images")

    figure = Figure(figsize=(13, 4.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.25, 1.0, 1.0))
    shown = [int(np.argmax(labels == digit)) for digit in range(10)]
    rows = {"grey": test, "Gaussian\n32 numbers": mean, "principal\ncomponents": linear}
    rows |= {"ink": test_ink, "Bernoulli\n32 numbers": p, "Bernoulli\n2 numbers": plane.reconstruct(test_ink)}
    left.imshow(mosaic(np.concatenate([r[shown] for r in rows.values()]), 10), cmap="gray_r", vmin=0, vmax=1)
    left.set(xticks=[], yticks=14 + 28 * np.arange(len(rows)), title="Test images and what comes out of their codes")
    left.set_yticklabels(list(rows))
    (x0, x1), (y0, y1) = np.quantile(codes, (0.02, 0.98), axis=0).T
    halo = [patheffects.withStroke(linewidth=4, foreground="white")]
    for digit, colour in enumerate(COLOURS):
        some = codes[labels == digit]
        middle.plot(*some[:300].T, ".", ms=3, alpha=0.6, color=colour)
        # The name goes where there are most of this digit, less those of the others.
        near = np.hypot(*((some[:300, None] - codes) / (x1 - x0, y1 - y0)).T) < 0.06
        x, y = some[(np.where(labels == digit, 1, -1) @ near).argmax()]
        middle.text(x, y, str(digit), color=colour, fontsize=17, fontweight="bold", path_effects=halo, ha="center")
    middle.set(xlabel="first number of the code", ylabel="second number", title="Codes of test images, by digit")
    middle.set(xlim=(x0, x1), ylim=(y0, y1))
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, 14), np.linspace(y1, y0, 14)), axis=-1).reshape(-1, 2)
    images = mosaic(plane.decode(grid).mean(), 14)
    right.imshow(images, cmap="gray_r", vmin=0, vmax=1, extent=(x0, x1, y0, y1), aspect="auto")
    right.set(xlabel="first number of the code", title="Ink decoded from a grid of codes")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "16_autoencoder.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    scores = {"gaussian_nll": gaussian_nll, "bernoulli_nll": bernoulli_nll, "without_code": float(without_code)}
    return scores | {"rmse": rmse, "linear_rmse": linear_rmse, "agreement": agreement, "figure": path}


def mosaic(images: np.ndarray, columns: int) -> np.ndarray:
    """Return images (n, 784) side by side as one, so many in a row."""
    return images.reshape(-1, columns, 28, 28).swapaxes(1, 2).reshape(-1, columns * 28)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
