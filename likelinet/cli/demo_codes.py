"""The demos of networks through a code: handwritten digits out of a few numbers, and new ones from the prior."""

from typing import TYPE_CHECKING

import click
import numpy as np

from likelinet.cli.output import metrics_table
from likelinet.config import (
    AutoencoderConfig,
    BernoulliConfig,
    DataConfig,
    ModelConfig,
    TrainingConfig,
    VAEConfig,
)
from likelinet.config.network import CoderConfig
from likelinet.model.model import Model
from likelinet.tables.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NETWORKS = {
    "autoencoder": AutoencoderConfig(encoder=[128], latent=8, decoder=[128]),
    "vae": VAEConfig(encoder=[128], latent=8, decoder=[128]),
}
TRAINING = TrainingConfig(epochs=150, batch_size=64)
SAMPLES = 500  # codes for each image in the tighter bound of log p
SHOWN = 12  # images in a row of the picture
SHADES = " ░▒▓█"


def code_config(kind: str) -> ModelConfig:
    """Return the declaration of an "autoencoder" or a "vae" of pixels that are 0 or 1."""
    return ModelConfig(network=NETWORKS[kind], distribution=BernoulliConfig(), training=TRAINING)


def show_codes(model: Model, train: Table, test: Table) -> "Figure":
    """Compare with a model without a code, reconstruct or generate, and return a picture.

    Parameters
    ----------
    model : Model
        An autoencoder.
    train, test : Table
        Square images of pixels that are 0 or 1, a column for each pixel.
    """
    network = model.config.network
    assert isinstance(network, CoderConfig)
    pixels = DataConfig(target=list(train.columns), features=[])
    baseline = Model(ModelConfig(data=pixels, distribution=BernoulliConfig())).fit(train, progress=False)
    scores = model.evaluate(test)
    if isinstance(network, VAEConfig):
        scores = {f"bound_{SAMPLES}": float(model.elbo(test, SAMPLES, seed=0).mean()), **scores}
    click.echo("Held-out metrics per image:\n")
    click.echo(metrics_table({"this model": scores, "without a code": baseline.evaluate(test)}))
    if isinstance(network, VAEConfig):
        click.echo(
            f"\nelbo and bound_{SAMPLES} are lower bounds of log p(x), by 1 and by {SAMPLES} codes for each image; the "
            "model without\na code has log p(x) = -nll. The nll of this model is that at the code of each image."
        )
    few = test.rows(slice(SHOWN), tuple(test.columns))
    images = np.stack([few.numeric(name) for name in few.columns], axis=1)
    shown = {"held out": images, f"from codes of {network.latent}": model.reconstruct(few)}
    if isinstance(network, VAEConfig):
        shown["new"] = model.generate(SHOWN, seed=0)
    for name, some in shown.items():
        click.echo(f"\nImages, {name}:\n\n{in_letters(some[:6])}")
    return draw_images(shown)


def in_letters(images: np.ndarray) -> str:
    """Return square images side by side, two letters for each pixel."""
    size = round(images.shape[1] ** 0.5)
    shades = np.rint(images.reshape(-1, size, size) * (len(SHADES) - 1)).astype(int)
    lines = ("  |  ".join("".join(2 * SHADES[s] for s in line) for line in row) for row in shades.swapaxes(0, 1))
    return "\n".join(line.rstrip() for line in lines)


def draw_images(rows: dict[str, np.ndarray]) -> "Figure":
    """Return a figure with a row of square images under each name."""
    from matplotlib.figure import Figure

    many, size = len(next(iter(rows.values()))), round(next(iter(rows.values())).shape[1] ** 0.5)
    figure = Figure(figsize=(0.8 * many + 1.6, 0.8 * len(rows) + 0.2), layout="constrained")
    for line, (name, images) in zip(figure.subplots(len(rows), many), rows.items(), strict=True):
        for axis, image in zip(line, images, strict=True):
            axis.imshow(image.reshape(size, size), cmap="gray_r", vmin=0.0, vmax=1.0)
            axis.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=12)
    return figure
