"""How fast likelinet is beside its peers: every table in one run, as ratios with their spread.

    python benchmarks/performance.py [TABLE ...] [--rounds 5] [--workloads uci tab ...] [--markdown FILE]

Tables: floor, torch, sklearn, jax, members, coded, auto, command, predict, memory, reading, flights, gpu. Install the
peers with `pip install -e ".[bench]"`. Every measurement runs in a process of its own, and in turns, so that noise hits
all alike. A line gives the medians over the rounds, the median of the ratios ours ÷ peer, their lowest and highest, and
whether the target holds. A step is forward, likelihood, backward and update on one minibatch in float32; ours is the
whole path as a user has it, `Model.fit`, and all peers do the same work: losses recorded, gradients clipped, rows
weighted, scales by a softplus with a floor, the last minibatch of an epoch filled up.
"""

import argparse
import sys
from pathlib import Path

from speed import machine
from speed.compare import lines_of, measure
from speed.tables import TABLES
from speed.workloads import WORKLOADS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", default=list(TABLES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="append the tables to this file as well")
    options = parser.parse_args()
    if unknown := [name for name in options.tables if name not in TABLES]:
        parser.error(f"no table {', '.join(unknown)}; there are {', '.join(TABLES)}")
    lines = [*(f"- {line}" for line in machine.description()), f"- Rounds: {options.rounds}", ""]
    print("\n".join(lines), flush=True)
    tables = [TABLES[name](options.workloads) for name in options.tables]
    # Tables over the same workloads are measured together, so that all of them see the same of ours.
    together, failed = measure(tables, options.rounds)
    for table in tables:
        lines += (text := lines_of(table, together, failed))
        print("\n".join(text), flush=True)
    if options.markdown:
        with options.markdown.open("a") as file:
            file.write("\n".join(lines) + "\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
