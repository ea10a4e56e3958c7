"""Held-out NLL and RMSE on the UCI regression sets, in the standard protocol of Hernández-Lobato & Adams (2015).

    python benchmarks/uci.py [SET ...] [--splits 20] [--set ensemble=5 ...] [--jobs 2]

One config for every set and split: the library's defaults with `ensemble: 5`, plus what `--set` says. The data lie in
`../shared/data/uci`, or in `uci` under the folder that LIKELINET_DATA names.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import likelinet as ll

SETS = ("concrete", "energy", "kin8nm", "power-plant", "yacht")
PUBLISHED = {  # mean test NLL
    "concrete": "PBP 3.16, MC dropout 3.04, deep ensembles 3.06, NGBoost 3.04",
    "energy": "PBP 2.04, MC dropout 1.99, deep ensembles 1.38, NGBoost 0.60",
    "kin8nm": "PBP -0.90, MC dropout -0.95, deep ensembles -1.20, NGBoost -0.49",
    "power-plant": "PBP 2.84, MC dropout 2.80, deep ensembles 2.79, NGBoost 2.79",
    "yacht": "PBP 1.63, MC dropout 1.55, deep ensembles 1.18, NGBoost 0.20",
}


def data_folder() -> Path:
    """Return the folder with the UCI sets."""
    root = os.environ.get("LIKELINET_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    return Path(root) / "uci"


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y of a set."""
    folder = data_folder() / name
    table = np.loadtxt(folder / "data.txt")
    features = np.loadtxt(folder / "index_features.txt", dtype=int)
    return table[:, features], table[:, int(np.loadtxt(folder / "index_target.txt"))]


def run_split(split: int, name: str, overrides: tuple[str, ...]) -> tuple[float, float, float, float]:
    """Return test NLL, RMSE, 90 % coverage and seconds of one split."""
    x, y = load(name)
    train, test = (
        np.loadtxt(data_folder() / name / f"index_{part}_{split}.txt").astype(int) for part in ("train", "test")
    )
    config = ll.load_config(Path(__file__).with_name("uci.yaml"), overrides)
    start = time.perf_counter()
    model = ll.Model(config).fit(x[train], y[train], progress=False)
    seconds = time.perf_counter() - start
    d, nll = model.predict_dist(x[test]), None
    nll = float(d.nll(y[test]).mean())
    low, high = d.interval(0.9)
    rmse = float(np.sqrt(np.mean((d.mean() - y[test]) ** 2)))
    return nll, rmse, float(np.mean((low <= y[test]) & (y[test] <= high))), seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not data_folder().is_dir():
        sys.exit(f"The UCI sets are not in {data_folder()}; set LIKELINET_DATA.")
    print(f"{'set':12s} {'splits':>6s} {'NLL':>15s} {'RMSE':>15s} {'cover 90%':>10s} {'s/split':>8s}   published NLL")
    with ProcessPoolExecutor(options.jobs) as pool:
        for name in options.sets:
            job = partial(run_split, name=name, overrides=tuple(options.overrides))
            scores = np.array(list(pool.map(job, range(options.splits))))
            mean, error = scores.mean(0), scores.std(0) / np.sqrt(len(scores))
            print(
                f"{name:12s} {len(scores):6d} {mean[0]:8.3f} ± {error[0]:.3f} {mean[1]:8.3f} ± {error[1]:.3f} "
                f"{mean[2]:10.3f} {mean[3]:8.1f}   {PUBLISHED.get(name, '')}",
                flush=True,
            )


if __name__ == "__main__":
    main()
