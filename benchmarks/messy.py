"""Tables as people have them: log score and CRPS beside boosted trees, a linear model and no model at all.

    python benchmarks/messy.py [--tables mpg taxis …] [--methods likelinet NGBoost …] [--splits 1] [--jobs 1]
        [--set quality=good …] [--name good] --results FILE

Of every table a fifth of the rows, drawn at random, is predicted from the others: by likelinet, which reads the table
as it stands, with what `--set` says; and by the peers of `messy_peers.py`, whose features are prepared as usual. One
measure scores them all (`messy_scores.py`). Each method on a split is kept in the file as soon as it is there, and not
done again, so that peers may run in an environment of their own (with likelinet on PYTHONPATH, which scores); what is
printed is all that the file has. Tables or methods that cannot run here are named and left out. The numbers in
parentheses are how far a method is above `--name`: the mean paired difference, ± its standard error over test rows.
"""

import argparse
import os
import sys
import time
import traceback
import warnings
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import messy_scores
import numpy as np
import pandas as pd
from messy_inputs import Inputs, read
from messy_peers import PEERS, Case, scored
from messy_scores import Scored, Scores
from messy_tables import TABLES, NotThere, Table, cell, parts

OURS = "likelinet"


class Work(NamedTuple):
    """What is to be scored, and as what it is kept."""

    method: str
    name: str
    table: str
    split: int


def likelinet(table: Table, train: pd.DataFrame, test: pd.DataFrame, h: float, overrides: tuple[str, ...]) -> Scores:
    """Return the scores of a model that reads the table itself."""
    import likelinet as ll
    from likelinet.config.files import declare

    model = ll.Model(declare({"data": table.data()}, overrides, "the config")).fit(train, progress=False)
    d = model.predict_dist(test)
    y, event = test[table.target].to_numpy(), None if table.event is None else test[table.event[0]].to_numpy()
    if event is not None:
        return messy_scores.of_times(d, y, event)
    if table.kind == "classes":
        return messy_scores.of_classes(d.class_probabilities(), d.encode(y))
    return messy_scores.of_numbers(d, y, h)


def score(work: Work, overrides: tuple[str, ...]) -> Scored | str:
    """Return the scores of a method on one split, or what went wrong."""
    try:
        warnings.simplefilter("ignore")
        table = TABLES[work.table]
        rows = table.load()
        y, event = table.observed(rows)
        h = 0.0 if table.kind != "numbers" else cell(y)
        train, test = parts(len(rows), work.split)
        began = time.process_time()
        if work.method == OURS:
            found = likelinet(table, rows.iloc[train], rows.iloc[test], h, overrides)
        else:
            features = read(table.features(rows))
            inputs = Inputs(features.iloc[train], features.iloc[test])
            events = (None, None) if event is None else (event[train], event[test])
            found = scored(work.method, Case(table.kind, inputs, y[train], y[test], *events, h))
        return Scored.of((work.name, work.table, work.split), found, round(time.process_time() - began, 2))
    except Exception:
        return f"{work.method} on {work.table}, split {work.split}, failed:\n{traceback.format_exc()}"


def possible(methods: list[str], tables: list[str]) -> tuple[list[str], list[str]]:
    """Return the methods and tables that can be had here, and say of the others why they cannot."""
    lacking = {m: PEERS[m].package for m in methods if m in PEERS and find_spec(PEERS[m].package) is None}
    for method, package in lacking.items():
        print(f"{method} is left out: package {package} is not installed.", file=sys.stderr)
    there = []
    for name in tables:
        try:
            TABLES[name].path(TABLES[name].file)
            there.append(name)
        except NotThere as why:
            print(f"{name} is left out: {why}.", file=sys.stderr)
    return [m for m in methods if m not in lacking], there


def todo(methods: list[str], tables: list[str], splits: int, name: str, done: list[Scored]) -> list[Work]:
    """Return what the file does not have yet, all methods of a table together."""
    keys = {s.key for s in done}
    every = [
        Work(m, name if m == OURS else m, t, k)
        for t in tables
        for k in range(splits)
        for m in methods
        if m == OURS or TABLES[t].kind in PEERS[m].kinds
    ]
    return [w for w in every if w[1:] not in keys]


def report(scores: list[Scored], ours: str, tables: list[str]) -> str:
    """Return what is printed in the end."""
    lines, rivals = [], [s for s in scores if s.method == ours or s.method in PEERS]
    for title, each in (("Log score (negative; less is better)", "nll"), ("CRPS, of classes the Brier score", "crps")):
        lines += [f"\n### {title}\n", messy_scores.text(scores, ours, each, tables), ""]
        lines.append(messy_scores.standing(rivals, ours, each, tables))
    return "\n".join([*lines, "\n### CPU seconds\n", messy_scores.seconds(scores, ours, tables)])


def main() -> None:
    """Score what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES), metavar="TABLE")
    parser.add_argument("--methods", nargs="*", choices=[OURS, *PEERS], default=[OURS, *PEERS], metavar="METHOD")
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--name", default=OURS, help="as what likelinet's scores are kept")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--results", type=Path, required=True)
    options = parser.parse_args()
    methods, tables = possible(options.methods, options.tables)
    work = todo(methods, tables, options.splits, options.name, messy_scores.kept(options.results))
    with get_context("spawn").Pool(options.jobs) as pool:
        for one in pool.imap_unordered(partial(score, overrides=tuple(options.overrides)), work):
            if isinstance(one, str):
                print(one, file=sys.stderr, flush=True)
                continue
            messy_scores.keep(options.results, one)
            means = f"{np.mean(one.nll):.4f}, {np.mean(one.crps):.4f}"
            print(f"{one.table}, {one.split}: {one.method} {means}, {one.cpu:.1f} CPU s", file=sys.stderr, flush=True)
    print(report(messy_scores.kept(options.results), options.name, options.tables))


if __name__ == "__main__":
    main()
