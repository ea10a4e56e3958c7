"""The peers of `uci.py` on the same splits, in one file of scores with it.

    pip install ngboost catboost quantile-forest treeffuser
    python benchmarks/uci_peers.py [SET ...] [--splits 20] [--peers ngboost catboost …] [--jobs 2] --results FILE

NGBoost with its defaults, and with the number of rounds that five folds of the training rows choose; CatBoost's
RMSEWithUncertainty; a Gaussian process with an anisotropic RBF kernel and noise (at most 2,000 training rows, drawn);
quantile forests of 500 trees, which have no density; and Treeffuser, by 200 draws, which has none either. x and y are
standardised for the Gaussian process alone: the others do not need it.
"""

import argparse
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import splits
from scipy.stats import norm

LEVELS = (np.arange(200) + 0.5) / 200  # quantiles whose pinball losses make a CRPS
DRAWS = 200


class Gaussians:
    """A normal distribution for each row."""

    def __init__(self, mean: np.ndarray, scale: np.ndarray) -> None:
        self.mean, self.scale = mean, scale

    def nll(self, y: np.ndarray) -> np.ndarray:
        return -norm.logpdf(y, self.mean, self.scale)

    def crps(self, y: np.ndarray) -> np.ndarray:
        z = (y - self.mean) / self.scale
        return self.scale * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        return norm.interval(level, self.mean, self.scale)


class Quantiles:
    """Quantiles (n, k) for each row at `LEVELS`, which have no density."""

    def __init__(self, mean: np.ndarray, quantiles: np.ndarray) -> None:
        self.mean, self.quantiles = mean, quantiles

    def nll(self, y: np.ndarray) -> np.ndarray:
        return np.full(len(y), np.nan)

    def crps(self, y: np.ndarray) -> np.ndarray:
        below = y[:, None] - self.quantiles
        return 2.0 * np.mean(np.maximum(LEVELS * below, (LEVELS - 1.0) * below), axis=1)

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        return tuple(
            np.array([np.interp(p, LEVELS, row) for row in self.quantiles]) for p in ((1 - level) / 2, (1 + level) / 2)
        )  # type: ignore[return-value]


class Draws(Quantiles):
    """Draws (k, n), whose CRPS is the unbiased one of the energy form."""

    def __init__(self, draws: np.ndarray) -> None:
        self.draws = np.sort(draws, axis=0)
        super().__init__(draws.mean(0), np.quantile(draws, LEVELS, axis=0).T)

    def crps(self, y: np.ndarray) -> np.ndarray:
        k = len(self.draws)
        rank = 2.0 * np.arange(1, k + 1) - k - 1.0
        return np.abs(self.draws - y).mean(0) - (rank[:, None] * self.draws).sum(0) / (k * (k - 1))


def ngboost(split: splits.Split, tuned: bool = False) -> Gaussians:
    from ngboost import NGBRegressor
    from sklearn.model_selection import KFold

    rounds = 500
    if tuned:
        losses = np.zeros(2000)
        for train, held in KFold(5, shuffle=True, random_state=0).split(split.x):
            model = NGBRegressor(n_estimators=2000, verbose=False, random_state=0).fit(split.x[train], split.y[train])
            losses += [d.logpdf(split.y[held]).mean() for d in model.staged_pred_dist(split.x[held])]
        rounds = int(np.argmax(losses)) + 1
    model = NGBRegressor(n_estimators=rounds, verbose=False, random_state=0).fit(split.x, split.y)
    d = model.pred_dist(split.test_x)
    return Gaussians(d.params["loc"], d.params["scale"])


def catboost(split: splits.Split) -> Gaussians:
    from catboost import CatBoostRegressor

    own = {"loss_function": "RMSEWithUncertainty", "random_seed": 0, "thread_count": 1, "allow_writing_files": False}
    model = CatBoostRegressor(**own)
    found = model.fit(split.x, split.y, verbose=False).predict(split.test_x)
    return Gaussians(found[:, 0], np.sqrt(found[:, 1]))


def gaussian_process(split: splits.Split) -> Gaussians:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    rows = np.random.default_rng(0).permutation(len(split.x))[:2000]
    loc, scale = split.x.mean(0), split.x.std(0) + 1e-12
    x, test = (split.x[rows] - loc) / scale, (split.test_x - loc) / scale
    kernel = ConstantKernel() * RBF([1.0] * x.shape[1], (1e-2, 1e3)) + WhiteKernel(0.1, (1e-6, 10.0))
    model = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=1, random_state=0)
    mean, spread = model.fit(x, split.y[rows]).predict(test, return_std=True)[:2]
    return Gaussians(np.asarray(mean), np.asarray(spread))


def quantile_forest(split: splits.Split) -> Quantiles:
    from quantile_forest import RandomForestQuantileRegressor

    model = RandomForestQuantileRegressor(500, random_state=0, n_jobs=1).fit(split.x, split.y)
    return Quantiles(model.predict(split.test_x, quantiles="mean"), model.predict(split.test_x, quantiles=list(LEVELS)))


def treeffuser(split: splits.Split) -> Draws:
    from treeffuser import Treeffuser

    model = Treeffuser(seed=0).fit(split.x, split.y)
    return Draws(np.asarray(model.sample(split.test_x, DRAWS, seed=0)).reshape(DRAWS, -1))


PEERS: dict[str, Callable[[splits.Split], Gaussians | Quantiles]] = {
    "NGBoost": ngboost,
    "NGBoost, tuned": lambda split: ngboost(split, tuned=True),
    "CatBoost": catboost,
    "Gaussian process": gaussian_process,
    "quantile forest": quantile_forest,
    "Treeffuser": treeffuser,
}


def run_split(method: str, name: str, number: int) -> splits.Scored:
    """Return the scores of a peer on one split."""
    warnings.simplefilter("ignore")
    split = splits.Split.of(name, number)
    wall, cpu = time.perf_counter(), time.process_time()
    d = PEERS[method](split)
    ends = {level: d.interval(level) for level in (0.9, 0.5)}
    took = time.perf_counter() - wall, time.process_time() - cpu
    y = split.test_y
    return splits.Scored.of((method, name, number), split, d.nll(y), d.crps(y), d.mean, ends, took)


def main() -> None:
    """Score the peers and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=splits.SETS)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, required=True)
    options = parser.parse_args()
    splits.go_on(options.results, options.peers, options.sets, options.splits, run_split, options.jobs)


if __name__ == "__main__":
    main()
