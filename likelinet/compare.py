"""Families compared by cross-validation: who predicts rows best that it has not seen."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.calibration import log_prob
from likelinet.config import CensoredConfig, IntervalTargetConfig, ModelConfig, TimeTargetConfig
from likelinet.distributions import Distribution
from likelinet.distributions.classes import class_marginals
from likelinet.errors import ConfigError, DataError, LikelinetError
from likelinet.model import Model
from likelinet.preprocessing.tables import Table, counted, row_weights

OWN = "config"  # the word for the distribution that the config declares
MASS, DENSITY, MIXED = "probability of y", "density at y", "density with probabilities of single y"


@dataclass(frozen=True)
class HeldOut:
    """What one family gave the rows that it had not seen, or why it could not.

    Parameters
    ----------
    family : str
        Its name.
    log_scores : ndarray, shape (n,), optional
        log p(y | x) of each row.
    measure : str
        What p is.
    error : str, optional
        One sentence.
    """

    family: str
    log_scores: np.ndarray | None = None
    measure: str = DENSITY
    error: str | None = None


@dataclass(frozen=True)
class Ranked:
    """A family's mean log score, and how far it is from the best one's, with the standard error of that difference."""

    family: str
    log_score: float
    difference: float
    standard_error: float

    @property
    def clear(self) -> bool:
        """Whether the difference exceeds two standard errors."""
        return self.difference == -np.inf or abs(self.difference) > 2.0 * self.standard_error


def compare(
    models: Mapping[str, ModelConfig],
    table: Table,
    folds: int = 5,
    report: Callable[[str, int], None] = lambda family, fold: None,
) -> Iterator[HeldOut]:
    r"""Yield the log scores of one model after another, each by K-fold cross-validation over the same folds.

    Row i is scored by the model that was fitted to the other folds:

    .. math:: \ell_i = \log p_{-k(i)}(y_i \mid x_i)

    Parameters
    ----------
    models : mapping
        A config for each name. Target, weight and the seed of the folds are those of the first one.
    table : Table
        Features, target and weights.
    folds : int
        K.
    report : callable
        Told the name and the fold, counted from 1, before each fit.

    Yields
    ------
    HeldOut
        With the error of a family that does not fit these data, instead of scores.

    Raises
    ------
    DataError
        If there are too few rows.

    References
    ----------
    Stone, *J. R. Stat. Soc.* B 36, 1974; Vehtari, Gelman & Gabry, *Statistics and Computing* 27, 2017, for the standard
    errors that `ranked` gives.

    Examples
    --------
    >>> import likelinet as ll
    >>> from likelinet.preprocessing.tables import as_table
    >>> y = np.random.default_rng(0).gamma(2.0, size=(100, 1))
    >>> declared = families("gaussian, gamma", ll.ModelConfig(data={"target": "x0", "features": []}))
    >>> [r.family for r in ranked(list(compare(declared, as_table(y))))]
    ['gamma', 'gaussian']
    """
    table, _ = weighted(next(iter(models.values())), table)
    if table.n < 2 * folds:
        raise DataError(
            f"The table has {counted(table.n, 'row')} with a positive weight: too few for {folds} folds; two each is "
            "the least."
        )
    seed = next(iter(models.values())).training.seed
    fold_of = np.random.default_rng(seed).permutation(table.n) % folds
    for family, config in models.items():
        scores, measure = np.empty(table.n), DENSITY
        try:
            for fold in range(folds):
                report(family, fold + 1)
                held = fold_of == fold
                scores[held], measure = _held_out(Model(config), table.taken(~held), table.taken(held))
        except LikelinetError as error:
            yield HeldOut(family, error=str(error))
        else:
            yield HeldOut(family, scores, measure)


def _held_out(model: Model, train: Table, held: Table) -> tuple[np.ndarray, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about columns that are not used, in every fold
        rows = model.fit(train, progress=False).observed(held)
        d = model.predict_dist(rows.table)
    return log_prob(d, rows.y), _measure(d)


def _measure(d: Distribution) -> str:
    if class_marginals(d) is not None or d.support.integer:
        return MASS
    return MIXED if d.atoms else DENSITY


def weighted(config: ModelConfig, table: Table) -> tuple[Table, np.ndarray]:
    """Return the rows whose weight is not zero, and their weights."""
    name = config.data.weight
    if name is None:
        return table, np.ones(table.n)
    weight = row_weights(table.numeric(name), table.n, f"Column '{name}', the weight,")
    return table.taken(weight > 0.0), weight[weight > 0.0]


def ranked(results: Sequence[HeldOut], weight: np.ndarray | None = None) -> list[Ranked]:
    r"""Return the families that have scores, best first, each with its distance to the best.

    .. math:: \bar\ell = \frac{\sum_i w_i \ell_i}{\sum_i w_i}, \qquad
        \mathrm{se} = \sqrt{\frac{n}{n - 1} \sum_i \left(\frac{w_i}{\sum_j w_j}\right)^2 (\delta_i - \bar\delta)^2}

    with the differences δ of the two log scores of the same row. It takes rows as independent; since the folds share
    most of their training rows, it is rather too small than too large.

    Parameters
    ----------
    results : sequence of HeldOut
        Of the same rows.
    weight : ndarray, shape (n,), optional
        w.

    Examples
    --------
    >>> found = ranked([HeldOut("a", np.array([1.0, 2.0])), HeldOut("b", np.array([0.0, 2.0]))])
    >>> found[1].family, found[1].difference, found[1].standard_error
    ('b', -0.5, 0.5)
    """
    scores = {r.family: r.log_scores for r in results if r.log_scores is not None}
    if not scores:
        return []
    n = len(next(iter(scores.values())))
    share = np.full(n, 1.0 / n) if weight is None else weight / weight.sum()
    mean = {family: float(share @ s) for family, s in scores.items()}
    order = sorted(mean, key=lambda family: -mean[family])
    rows = []
    for family in order:
        with np.errstate(invalid="ignore"):  # -inf of both
            apart = scores[family] - scores[order[0]]
            difference = mean[family] - mean[order[0]]
            error = np.sqrt(n / (n - 1.0) * np.sum((share * (apart - difference)) ** 2))
        rows.append(Ranked(family, mean[family], 0.0 if family == order[0] else difference, float(error)))
    return rows


def families(text: str, config: ModelConfig) -> dict[str, ModelConfig]:
    """Return the config with each of the families in place of its own, by name.

    Parameters
    ----------
    text : str
        A list in YAML, whose outer brackets may be left out: kinds with their defaults, mappings as a config has them
        under `distribution`, and the word `config` for the one that is there. Where the target is censored, `censored`
        goes around each of them by itself.
    config : ModelConfig
        Everything else.

    Raises
    ------
    ConfigError
        If it is no such list, or a family in it is not valid.

    Examples
    --------
    >>> import likelinet as ll
    >>> list(families("config, poisson, {kind: discretised, base: {kind: log_normal}}", ll.ModelConfig()))
    ['config', 'poisson', 'discretised(log_normal)']
    """
    import yaml

    try:
        entries = yaml.safe_load(text if text.lstrip().startswith("[") else f"[{text}]")
    except yaml.YAMLError:
        entries = None
    if not isinstance(entries, list) or not entries or not all(isinstance(e, str | dict) for e in entries):
        raise ConfigError(
            f'--families {text}: write a list like gaussian,student_t or "gaussian, {{kind: mixture, components: 2}}".'
        )
    censored = isinstance(config.data.target, IntervalTargetConfig | TimeTargetConfig)
    found: dict[str, ModelConfig] = {}
    for entry in entries:
        name = _name(entry)
        if name in found:
            raise ConfigError(f"--families names {name} twice.")
        if name == OWN:
            found[name] = config
            continue
        declared = {"kind": entry} if isinstance(entry, str) else entry
        if censored and declared.get("kind") != CensoredConfig.model_fields["kind"].default:
            declared = {"kind": "censored", "base": declared}
        try:
            found[name] = ModelConfig.model_validate({**config.model_dump(mode="json"), "distribution": declared})
        except ConfigError as error:
            raise ConfigError(f"--families {name}: {error}") from None
    return found


def _name(entry: Any) -> str:
    """Return a family's config in short: its kind, with what it is over and whatever is not left at its default."""
    if not isinstance(entry, dict):
        return str(entry)
    kind, base = entry.get("kind", "gaussian"), entry.get("base")
    inner = [] if base is None else [_name(base)]
    inner += [f"{k}={_name(v)}" for k, v in entry.items() if k not in ("kind", "base")]
    return f"{kind}({', '.join(inner)})" if inner else str(kind)
