"""Held-out scores on the UCI regression sets in the standard splits of Hernández-Lobato & Adams (2015).

    python benchmarks/uci.py [SET ...] [--splits 20] [--set ensemble=5 ...] [--jobs 2] [--name good] [--results FILE]

One config for every set and split: five networks of the plain quality, plus what `--set` says. With `--results`
every split is kept in a file as soon as it is there, and is not run again; the table shows all that the file has, under
their names, among them the peers of `uci_peers.py`. See `splits.py` for where the data lie.

Published mean test NLL of others: concrete PBP 3.16, MC dropout 3.04, deep ensembles 3.06, NGBoost 3.04; energy 2.04,
1.99, 1.38, .60; kin8nm -.90, -.95, -1.20, -.49; power-plant 2.84, 2.80, 2.79, 2.79; yacht 1.63, 1.55, 1.18, .20.
"""

import argparse
import os
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import splits

import likelinet as ll


def run_split(method: str, name: str, number: int, overrides: tuple[str, ...] = ()) -> splits.Scored:
    """Return the scores of one split."""
    split = splits.Split.of(name, number)
    config = ll.load_config(Path(__file__).with_name("uci.yaml"), overrides)
    wall, cpu = time.perf_counter(), time.process_time()
    model = ll.Model(config).fit(split.x, split.y, progress=False)
    d = model.predict_dist(split.test_x)
    ends = {level: d.interval(level) for level in (0.9, 0.5)}
    took = time.perf_counter() - wall, time.process_time() - cpu
    unseen = None if model.history.out_of_fold_nll is None else -model.out_of_fold.log_prob
    y = split.test_y
    return splits.Scored.of((method, name, number), split, d.nll(y), d.crps(y), d.mean(), ends, took, unseen)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=splits.SETS)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--name")
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    score = partial(run_split, overrides=tuple(options.overrides))
    method = options.name or ", ".join(options.overrides) or "ensemble: 5"
    with tempfile.TemporaryDirectory() as folder:
        path = options.results or Path(folder) / "scores.jsonl"
        splits.go_on(path, [method], options.sets, options.splits, score, options.jobs)


if __name__ == "__main__":
    main()
