"""Keys of a config chosen by out-of-fold scores: Optuna draws, independent fits try, what is finished is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from likelinet.config import ModelConfig, parse_config
from likelinet.core.errors import DataError
from likelinet.core.wording import counted
from likelinet.selection.search import Search, Trial, of_one_measure
from likelinet.tables.rows import declared_table


def tune(
    config: ModelConfig | dict[str, Any],
    table: Any,
    search: Mapping[str, Any],
    trials: int = 40,
    *,
    folds: int = 5,
    jobs: int = 1,
    dask: str | None = None,
    storage: str | Path | None = None,
    time: float | None = None,
    report: Callable[[Trial], None] = lambda trial: None,
) -> "Tuned":
    r"""Return the configs of a space that were tried, ranked by the mean log score of rows that they had not seen.

    .. math:: \bar\ell = \frac{\sum_i w_i \log p_{-k(i)}(y_i \mid x_i)}{\sum_i w_i}

    All are scored on the same folds, as `selection.compare` draws them: k(i) is the fold of row i. Where the config
    declares `training.folds`, and the space has no `ensemble` nor `groups`, each config is fitted once, and a row
    scored by the members that held it out. A space of no more configs than `trials` is tried in full, in its order;
    else Optuna draws, by a tree-structured Parzen estimator with the seed `training.seed`. A fit is given up where the
    best NLL of its validation rows is above the median of the trials before. Trials are drawn in tens, each by what was
    known before its ten, so that neither the number of jobs up to ten nor the order in which they end changes anything.

    Parameters
    ----------
    config : ModelConfig or dict
        What all configs have in common.
    table : DataFrame, dict of columns, array or path of a file
        Features, target and weights.
    search : dict
        For each key, like ``"training.optimizer.learning_rate"``, a list of values, or ``{"low": …, "high": …}``, with
        ``"log": True`` where its logarithm is to be drawn evenly; whole numbers where both ends are.
    trials : int
        How many configs to try, at most, those in the storage among them.
    folds : int
        Parts of the cross-validation.
    jobs : int
        How many processes fit.
    dask : str, optional
        Address of the scheduler of a Dask cluster that fits instead.
    storage : str or Path, optional
        File of trials, which are kept as they are finished. A search goes on with those that are there.
    time : float, optional
        Seconds after which no trial is begun.
    report : callable
        Told of each trial that is finished, and first of those in the storage.

    Returns
    -------
    Tuned
        The trials and their ranking; `config` is the best one.

    Raises
    ------
    MissingLibraryError
        If Optuna, or joblib or Dask, is not installed.
    ConfigError
        If a key is unknown, a config of the space is not valid, or the storage is of another table, config or space.
    DataError
        If there are too few rows, or none of the configs could be fitted.

    References
    ----------
    Akiba, Sano, Yanase, Ohta & Koyama, *Optuna*, KDD 2019; Bergstra, Bardenet, Bengio & Kégl, *Algorithms for
    Hyper-Parameter Optimization*, NeurIPS 2011.

    Examples
    --------
    >>> import numpy as np
    >>> import likelinet as ll
    >>> table = {"x": np.linspace(-2, 2, 80)}
    >>> table["y"] = table["x"] ** 2 + np.random.default_rng(0).normal(size=80)
    >>> config = {"quality": "plain", "data": {"target": "y"}, "training": {"optimizer": {"kind": "lbfgs"}}}
    >>> found = ll.tune(config, table, {"network.hidden": [[], [4]]}, folds=2)
    >>> found.ranking[0].values
    {'network.hidden': [4]}
    """
    config = config if isinstance(config, ModelConfig) else parse_config(config)
    plan = Search.of(config, declared_table(table, config.data), search, folds)
    found: list[Trial] = []
    for trial in plan.trials(trials, jobs, dask, None if storage is None else Path(storage), time):
        found.append(trial)
        report(trial)
    return Tuned.of(plan, found)


@dataclass(frozen=True, repr=False)
class Tuned:
    """Configs that were tried.

    Parameters
    ----------
    config : ModelConfig
        The best one.
    ranking : list of Trial
        The complete ones, the best first.
    trials : list of Trial
        All, in the order of their numbers.
    """

    config: ModelConfig
    ranking: list[Trial]
    trials: list[Trial]

    @staticmethod
    def of(search: Search, trials: Sequence[Trial]) -> "Tuned":
        """Return the trials of a search; raise `DataError` where none has a score."""
        found = of_one_measure(trials)
        ranking = [trial for trial, _ in search.ranked(found)]
        if not trials:
            raise DataError("There was no time for a single trial: give more.")
        if not ranking:
            why = next((f" The first one: {t.error}" for t in found if t.error), "")
            raise DataError(f"None of the configs could be fitted to these data.{why}")
        return Tuned(parse_config(search.plain(ranking[0])), ranking, found)

    def __repr__(self) -> str:
        best = self.ranking[0]
        return f"Tuned({counted(len(self.trials), 'trial')}, best log score {best.log_score:.4g} by {best.values})"
