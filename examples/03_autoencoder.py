"""An autoencoder is a model whose target is its own input: fit(X, X), through a narrow middle layer.

Each image of 8 x 8 pixels is squeezed into 16 numbers and predicted from them. The prediction is no image but a
distribution over images, 64 pixels independent given the code, so that we can look at its mean and sample from it.

Which family? A Bernoulli pixel is *on or off*, nothing between. A grey value of 0.4 is not 40 % of an event; it lies
outside the family's support, and likelinet refuses it with an error. (The cross-entropy can be computed for grey
values, and often is, but then it is no likelihood: no distribution over images that one could sample has it.)
So the Bernoulli model gets images binarised at half, and the grey ones get a Gaussian.

    python examples/03_autoencoder.py [--quick]
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"


def main(quick: bool = False) -> dict[str, Any]:
    """Fit both autoencoders, print what they know about held-out images and draw reconstructions and samples."""
    rng = np.random.default_rng(0)
    pixels, digits = (np.asarray(a) for a in load_digits(return_X_y=True))
    order = rng.permutation(len(pixels))
    levels, labels = pixels[order], digits[order]  # whole numbers 0, …, 16; the labels are only for display
    # A density can become infinite on whole numbers (some border pixels are always 0). Noise of the width of one level
    # makes the data continuous; the log-density then bounds the log-probability of the levels from below.
    grey = (levels + rng.random(levels.shape)) / 17.0
    binary = (levels >= 8.0).astype(float)
    held_out = 300
    shown = [int(np.argmax(labels[:held_out] == digit)) for digit in range(10)]  # the first of each digit

    results: dict[str, Any] = {}
    pictures: list[tuple[str, np.ndarray]] = []
    for kind, images in (("gaussian", grey), ("bernoulli", binary)):
        config = ll.ModelConfig.model_validate(
            {
                "network": {"kind": "mlp", "hidden": [64, 16, 64]},
                "distribution": {"kind": kind},
                "training": {"epochs": 20 if quick else 200, "batch_size": 64},
            }
        )
        train, test = images[held_out:], images[:held_out]
        model = ll.Model(config).fit(train, train)
        d = model.predict_dist(test)  # Independent: batch_shape (300,), event_shape (64,)
        # The baseline is a model without the code: the same pixel distributions for every image.
        no_code = config.model_copy(update={"data": ll.DataConfig(features=[])})
        baseline = ll.Model(no_code).fit(train, train).predict_dist(test)
        results[kind] = {
            "nll": float(d.nll(test).mean()),
            "baseline_nll": float(baseline.nll(test).mean()),
            "rmse": float(np.sqrt(np.mean((d.mean() - test) ** 2))),
            "baseline_rmse": float(np.sqrt(np.mean((baseline.mean() - test) ** 2))),
        }
        samples = d[shown].sample((2,), rng=0)  # two images for each of ten codes
        pictures += [
            (f"{kind}\noriginal", test[shown]),
            ("mean", d.mean()[shown]),
            ("sample 1", samples[0]),
            ("sample 2", samples[1]),
        ]

    print(f"{'':12s}{'NLL per image':>15s}{'without code':>15s}{'pixel RMSE':>13s}{'without code':>15s}")
    for kind, r in results.items():
        print(f"{kind:12s}{r['nll']:15.2f}{r['baseline_nll']:15.2f}{r['rmse']:13.3f}{r['baseline_rmse']:15.3f}")
    print("The two NLLs do not compare: one is a density of grey images, the other a probability of binary ones.")

    figure = Figure(figsize=(10, 8.4), layout="constrained")
    axes = figure.subplots(len(pictures), 10)
    for row, (title, images) in zip(axes, pictures, strict=True):
        for axis, image in zip(row, images, strict=True):
            axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0.0, vmax=1.0)
            axis.set(xticks=[], yticks=[])
        row[0].set_ylabel(title, rotation=0, ha="right", va="center")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "03_autoencoder.png"
    figure.savefig(path, dpi=110)
    print(f"Figure: {path}")
    return {"scores": results, "samples": samples, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
