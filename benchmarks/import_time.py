"""How long it takes to import likelinet, and to start its command line, beside `import numpy`.

    python benchmarks/import_time.py [--rounds 20]

Each line runs in a process of its own, in every round beside `import numpy`, files in the cache; the time is that of
the line alone, without the start of the interpreter. Printed are medians, and the median of the ratios.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

BASE = "import numpy"
COMMAND = "import sys; sys.stdout = open(os.devnull, 'w'); from likelinet.cli.main import main; main(['{}'])"
LINES = {
    "import numpy": BASE,
    "import likelinet": "import likelinet",
    "likelinet.Gaussian": "import likelinet; likelinet.Gaussian",
    "likelinet.Model": "import likelinet; likelinet.Model",
    "likelinet --help": COMMAND.format("--help"),
    "likelinet schema": COMMAND.format("schema"),
}
TIMED = """
import os, time
began = time.perf_counter()
try:
    {}
except SystemExit:
    pass
os.write(2, str(time.perf_counter() - began).encode())
"""


def seconds(line: str) -> float:
    """Return how long a line takes in a fresh interpreter."""
    command = [sys.executable, "-c", TIMED.format(line)]
    return float(subprocess.run(command, stderr=subprocess.PIPE, check=True).stderr)


def measured(rounds: int) -> dict[str, tuple[float, float]]:
    """Return the median time of each line, and the median of its ratio to `import numpy` in the same round."""
    for line in LINES.values():
        seconds(line)  # files into the cache
    found = np.array([[seconds(line) for line in LINES.values()] for _ in range(rounds)])
    ratios = np.median(found / found[:, :1], axis=0)
    return dict(zip(LINES, zip(np.median(found, axis=0).tolist(), ratios.tolist(), strict=True), strict=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args(arguments).rounds
    print(f"{'':20s}{'ms':>8s}{'÷ numpy':>10s}")
    for name, (time, ratio) in measured(rounds).items():
        print(f"{name:20s}{1e3 * time:8.1f}{ratio:10.2f}")


if __name__ == "__main__":
    main()
