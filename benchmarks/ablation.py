"""What each part of `quality: good` is worth: held-out scores on the UCI sets with one part after the other taken away.

    python benchmarks/ablation.py [SET ...] [--splits 2] [--jobs 2] [--parts PART …] --results FILE

The splits, scores and file are those of `uci.py`. Parts are taken away by overrides alone, so that each line can be had
by `uci.py --set …` as well.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import splits
import uci

from likelinet.config.quality import CODED, LINEAR, LINEAR_MODEL

GOOD = ("quality=good", "ensemble=8")


def _groups(*groups: dict) -> str:
    return f"groups={json.dumps(groups)}"


WITHOUT = {
    "good": (),
    "without coded inputs": (_groups(LINEAR_MODEL, LINEAR),),
    "without linear inputs": (_groups(LINEAR_MODEL, CODED),),
    "without the linear model": (_groups(LINEAR, CODED),),
    "one family": ("distribution={kind: auto, families: 1}",),
    "gaussian": ("distribution.kind=gaussian",),
    "student_t": ("distribution.kind=student_t",),
    "held rate never annealed": ("training.schedule=null",),
    "cosine": ("training.schedule.kind=cosine",),
    "1,000 steps": ("training.steps=1000",),
    "12,000 steps": ("training.steps=12000",),
    "without average": ("training.average=null",),
    "average .998": ("training.average=0.998",),
    "without folds and groups": ("training.folds=null",),
    "4 members": ("ensemble=4",),
    "16 members": ("ensemble=16",),
    "rate .002": ("training.optimizer.learning_rate=0.002",),
    "rate .008": ("training.optimizer.learning_rate=0.008",),
    "without decay": ("training.optimizer.weight_decay=0",),
    "16 bins": (_groups(LINEAR_MODEL, LINEAR, {"numeric": {"kind": "piecewise_linear", "bins": 16}}),),
    "64 wide": ("network.hidden=[64,64]",),
    "256 wide": ("network.hidden=[256,256]",),
}


def run_split(part: str, name: str, number: int) -> splits.Scored:
    """Return the scores of one split without a part."""
    return uci.run_split(part, name, number, (*GOOD, *WITHOUT[part]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=splits.SETS)
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=WITHOUT, default=list(WITHOUT))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, required=True)
    options = parser.parse_args()
    splits.go_on(options.results, options.parts, options.sets, options.splits, run_split, options.jobs)


if __name__ == "__main__":
    main()
