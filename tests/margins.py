"""How far every assertion on a trained model is from failing, in standard deviations over seeds.

python -m tests.margins tests/test_examples_predictions.py -k inverse
python -m tests.margins --seeds 5 -m slow tests/test_recovery.py
python -m tests.margins --seeds 5 tests/examples_in_full.py -k 15

What is not an option of this command goes to pytest. The tests run once with their own seeds, once for each further
seed (mixed into all of theirs, of data and of training alike), and once for each of OpenBLAS's kernels (with their own
seeds: another processor rounds otherwise, and training carries that on). Kernels that crash here are left out.

A line of the table has the figure and its bound at the test's own seeds, the standard deviation of their distance over
seeds, that distance in standard deviations (its mean over seeds), and the least over kernels. Where both sides are
positive the distance is also measured between logarithms, and the larger one counts: NLLs differ, scales have ratios.
Of an array the element next to failing counts; a comparison up to a tolerance has the difference as a share of it.
What is either the same or not has no distance, and is listed where it failed.

Lines with less than 4 standard deviations are shown and make the exit code 1. Exempt are those that no kernel moves by
a thousandth of the distance: what they show hangs on the seed, which is fixed, not on the processor (`--all` shows them
as "the same"). And an assertion that cannot fail whatever the seed says why: `# certain: ...` behind it.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
KERNELS = "Haswell,SkylakeX,Zen,Prescott"
PRODUCT = "import numpy as np; a = np.random.default_rng(0).normal(size=(97, 113)); a @ a.T, a.astype('f') @ a.T"


@dataclass
class Line:
    """One evaluation of an assertion in all runs: figure, bound, and how far it is from failing."""

    seeds: list[tuple[float, float, float]] = field(default_factory=list)
    kernels: list[tuple[float, float, float]] = field(default_factory=list)

    def distances(self) -> tuple[float, float, float]:
        """Return the standard deviation over seeds, the mean in those, and the least of the kernels in those."""
        runs = self.seeds + self.kernels
        measures = [[slack for *_, slack in runs]]
        if all(figure > 0.0 and bound > 0.0 for figure, bound, _ in runs):
            measures.append([math.copysign(abs(math.log(f) - math.log(b)), slack) for f, b, slack in runs])
        return max((in_sd(m[: len(self.seeds)], m[len(self.seeds) :]) for m in measures), key=lambda d: min(d[1:]))

    def is_the_same_everywhere(self) -> bool:
        """Return whether the kernels move the figure by less than a thousandth of what may be."""
        own, others = self.seeds[0][-1], [slack for *_, slack in self.kernels]
        return bool(others) and all(1000.0 * abs(slack - own) <= own for slack in others)


def in_sd(seeds: list[float], kernels: list[float]) -> tuple[float, float, float]:
    """Return a standard deviation over seeds, and in those the mean over seeds and the least over kernels."""
    sd = statistics.stdev(seeds) if len(seeds) > 1 else 0.0
    mean = statistics.mean(seeds)
    away, least = (m / sd if sd > 0.0 else math.copysign(math.inf, m) for m in (mean, min(kernels, default=mean)))
    return sd, away, least


def run(arguments: list[str], shift: int, kernel: str | None, folder: Path) -> dict[str, list]:
    """Run the tests in a process of their own, unless that has been done, and return what the recorder wrote."""
    out = folder / f"{kernel or 'seed'}-{shift}.json"
    if not out.is_file():
        settings = {"MARGINS_OUT": str(out), "MARGINS_SHIFT": str(shift), "OPENBLAS_NUM_THREADS": "1"}
        settings |= {} if kernel is None else {"OPENBLAS_CORETYPE": kernel}
        flags = ["-q", "-n", "0", "--assert=plain", "-p", "tests.recorder", "-p", "no:cacheprovider", "--tb=line"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *flags, *arguments],
            env=os.environ | settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if not out.is_file():
            raise SystemExit(f"pytest wrote no margins:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        print(f"seed {shift}, kernel {kernel or 'own'}: {done.stdout.splitlines()[-1]}", file=sys.stderr, flush=True)
    return json.loads(out.read_text(encoding="utf-8"))


def survives(kernel: str) -> bool:
    """Return whether this processor can multiply matrices with a kernel of OpenBLAS."""
    settings = os.environ | {"OPENBLAS_CORETYPE": kernel}
    return subprocess.run([sys.executable, "-c", PRODUCT], env=settings, capture_output=True).returncode == 0


def main() -> int:
    """Run, print the table, and return 1 if an assertion is too near to failing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="the tests' own and further ones")
    parser.add_argument("--kernels", default=KERNELS, help=f"of OpenBLAS, by default {KERNELS}")
    parser.add_argument("--least", type=float, default=4.0, help="standard deviations asked for")
    parser.add_argument("--all", action="store_true", help="show the lines that are far from failing as well")
    parser.add_argument("--keep", type=Path, help="a folder for what was measured; what lies there is not run again")
    options, arguments = parser.parse_known_args()

    kernels = [k for k in options.kernels.split(",") if k]
    runnable = [k for k in kernels if survives(k)]
    print(f"kernels that run here: {', '.join(runnable) or 'none tried'}", file=sys.stderr)
    runs = [(0, None), *((0, k) for k in runnable), *((shift, None) for shift in range(1, options.seeds))]
    keep = options.keep or Path(tempfile.mkdtemp())
    keep.mkdir(parents=True, exist_ok=True)
    lines: defaultdict[tuple[str, str], dict[int, Line]] = defaultdict(lambda: defaultdict(Line))
    failed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for shift, kernel in runs:
        written = run(arguments, shift, kernel, keep)
        for test, place, nth, figure, bound, slack in written["margins"]:
            line = lines[test, place][nth]
            (line.seeds if kernel is None else line.kernels).append((figure, bound, slack))
        for test, place in dict.fromkeys(map(tuple, written["failures"])):
            failed[test, place].append(kernel or f"seed {shift}")

    near = same = 0
    print(
        "| figure | bound | sd of the distance | in sd | least of the kernels | assertion |\n|---|---|---|---|---|---|"
    )
    for (test, place), evaluations in sorted(lines.items(), key=lambda item: item[0][::-1]):
        known = [e for e in evaluations.values() if e.seeds]
        if not known or (any(e.seeds[0][-1] < 0.0 for e in known) and (test, place) not in failed):
            continue  # it need not hold: the test passes without
        line = min(known, key=lambda e: min(e.distances()[1:]))
        sd, away, least = line.distances()
        is_same = line.is_the_same_everywhere()
        is_near = min(away, least) < options.least and not is_same
        near += is_near
        same += is_same and min(away, least) < options.least
        if is_near or (options.all and sd > 0.0):
            (figure, bound, _), times = line.seeds[0], f" ({len(known)} times)" if len(known) > 1 else ""
            there = "the same" if is_same else f"{least:.1f}"
            print(f"| {figure:.4g} | {bound:.4g} | {sd:.2g} | {away:.1f} | {there} | `{place}`{times} in {test} |")
    for (test, place), where in failed.items():
        print(f"failed with {', '.join(where)}: {test}: {place}")
    print(f"{len(lines)} assertions with a margin; {len(failed)} failed in some run")
    print(f"{near} within {options.least:g} sd, and {same} more that are the same with every kernel")
    return int(near > 0)


if __name__ == "__main__":
    sys.exit(main())
