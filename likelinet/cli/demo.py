"""The demos: a model on real data that scikit-learn ships, beside a simpler one."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from likelinet.cli.demo_codes import code_config, show_codes
from likelinet.cli.draw import draw
from likelinet.cli.output import metrics_table, save_figure
from likelinet.config import (
    BernoulliConfig,
    CategoricalConfig,
    DataConfig,
    GaussianConfig,
    LBFGSConfig,
    MLPConfig,
    ModelConfig,
    TrainingConfig,
    dump_config,
)
from likelinet.core.errors import DataError
from likelinet.distributions import Distribution
from likelinet.model.model import Model
from likelinet.tables.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAMILIES = {"gaussian": GaussianConfig(), "bernoulli": BernoulliConfig(), "categorical": CategoricalConfig()}


def run_demo(name: str, folder: Path) -> None:
    """Fit, compare, sample, draw and save.

    Parameters
    ----------
    name : {"gaussian", "bernoulli", "categorical", "autoencoder", "vae"}
        A family, which predicts disease progression (diabetes), malignancy (breast cancer) or handwritten digits, or a
        network through a code, of images of digits.
    folder : Path
        Where picture and model file go; made if it is not there.

    Raises
    ------
    DataError
        If scikit-learn is not installed or the folder cannot be made.
    """
    train, test, target, title = load_demo(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder}: cannot make the folder ({error.strerror}).") from None
    if target is None:
        config, show = code_config(name), show_codes
    else:
        quality = "good" if name == "gaussian" else "fast"  # so that it takes some ten seconds
        config = ModelConfig(quality=quality, data=DataConfig(target=target), distribution=FAMILIES[name])
        show = show_family
    click.echo(
        f"{title}: {train.n} rows to train on, {test.n} held out.\n\nThe config (config.yaml):\n\n{dump_config(config)}"
    )
    picture, file = folder / f"{name}.png", folder / f"{name}.safetensors"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what is odd in these tables, which is another story
        model = Model(config).fit(train)
        save_figure(show(model, train, test), picture)
    model.save(file)
    click.echo(f"\nPicture: {picture}\nModel:   {file}")


def show_family(model: Model, train: Table, test: Table) -> "Figure":
    """Compare with a linear model, sample for three rows, and return a picture."""
    baseline = Model(linear(model.config)).fit(train, progress=False)
    beside = "linear-Gaussian" if model.config.distribution.is_continuous else "linear"
    click.echo("Held-out metrics:\n")
    click.echo(metrics_table({"this model": model.evaluate(test), beside: baseline.evaluate(test)}))
    click.echo("\nThree new rows:\n")
    new = test.rows(slice(3), tuple(test.columns))
    observed = np.asarray(test.column(model.target_names[0])[:3].tolist())
    click.echo(describe_rows(model.predict_dist(new), model.classes, observed))
    return draw(model, test)


def linear(config: ModelConfig) -> ModelConfig:
    """Return the linear baseline: the Gaussian one, with one spread for all rows, fitted to the exact maximum."""
    if not config.distribution.is_continuous:  # classes that a line tells apart have no maximum: it stops early
        return ModelConfig(
            quality="plain", data=config.data, network=MLPConfig(hidden=[]), distribution=config.distribution
        )
    exact = TrainingConfig(optimizer=LBFGSConfig(), validation_fraction=0.0)
    return ModelConfig(
        data=config.data, network=MLPConfig(hidden=[]), distribution=GaussianConfig(scale="shared"), training=exact
    )


def describe_rows(d: Distribution, classes: np.ndarray | list[np.ndarray] | None, y: np.ndarray) -> str:
    """Return an interval or class probabilities, and five samples y ~ P(y | f_θ(x)), for each row."""
    draws, lines = d.sample((5,), rng=0), []
    for i in range(d.batch_shape[0]):
        samples = ", ".join(f"{v:.0f}" if isinstance(v, float) else str(v) for v in draws[:, i].tolist())
        if classes is None and not d.support.integer:
            low, high = d[i].interval(0.9)
            lines.append(f"  90 % interval {low:6.1f} … {high:6.1f}   samples {samples:24s} observed {y[i]:.0f}")
            continue
        probs = d.probs[i]  # type: ignore[attr-defined]
        likely = np.argsort(-probs)[:2]
        names = range(len(probs)) if classes is None else classes
        shown = ", ".join(f"P({names[k]}) = {probs[k]:.3f}" for k in likely)
        truth = f"{y[i]:.0f}" if isinstance(y[i], float) else y[i]
        lines.append(f"  {shown}   samples {samples}   observed {truth}")
    return "\n".join(lines)


def load_demo(name: str) -> tuple[Table, Table, str | None, str]:
    """Return training table, held-out table, the name of the target, if there is one, and a title."""
    try:
        from sklearn import datasets
    except ImportError:
        raise DataError("The demos need scikit-learn's data: pip install 'likelinet[sklearn]'.") from None
    bunch: Any
    match name:
        case "gaussian":
            bunch, target, title = datasets.load_diabetes(), "progression", "Diabetes progression after a year"
            y = bunch.target
        case "bernoulli":
            bunch, target, title = datasets.load_breast_cancer(), "diagnosis", "Breast cancer diagnosis"
            y = bunch.target_names[bunch.target].astype(str)
        case "categorical":
            bunch, target, title = datasets.load_digits(), "digit", "Handwritten digits"
            y = bunch.target.astype(float)
        case _:
            bunch, target, title = datasets.load_digits(), None, "Handwritten digits, black where half black or more"
            bunch.data, y = (bunch.data >= 8.0).astype(float), None
    order = np.random.default_rng(0).permutation(len(bunch.data))
    cut = len(order) // 5
    columns = {str(n): bunch.data[:, j] for j, n in enumerate(bunch.feature_names)}
    columns |= {} if target is None else {target: y}
    test, train = (Table({n: c[rows] for n, c in columns.items()}, len(rows)) for rows in (order[:cut], order[cut:]))
    return train, test, target, title
