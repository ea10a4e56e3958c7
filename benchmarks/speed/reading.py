"""Reading a CSV file of numbers into arrays: time and peak memory, ours and pyarrow alone."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROWS, COLUMNS = 1_000_000, 10
# In a process of its own, whose memory does not count.
WRITE = """
import sys, numpy as np, pyarrow as pa
from pyarrow import csv
x = np.random.default_rng(0).standard_normal((int(sys.argv[2]), int(sys.argv[3])))
csv.write_csv(pa.table({f"x{j}": x[:, j] for j in range(x.shape[1])}), sys.argv[1])
"""


def ours(rows: int = ROWS) -> dict[str, float]:
    """Measure the reader, up to the numbers of every column."""

    from likelinet.tables.table import read_table

    def read(path: Path) -> int:
        table = read_table(path)
        return sum(len(table.numeric(name)) for name in table.columns)

    return _measured(read, rows)


def pyarrow(rows: int = ROWS) -> dict[str, float]:
    """Measure pyarrow alone, with its own types."""
    from pyarrow import csv

    return _measured(lambda path: sum(len(c.to_numpy()) for c in csv.read_csv(path).columns), rows)


def file(rows: int = ROWS) -> dict[str, float]:
    """Return the size of the file."""
    with tempfile.TemporaryDirectory() as folder:
        return {"bytes": float(_written(folder, rows).stat().st_size)}


def _measured(read: Callable[[Path], int], rows: int) -> dict[str, float]:
    unit = 1 if sys.platform == "darwin" else 1024
    with tempfile.TemporaryDirectory() as folder:
        path = _written(folder, rows)
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        cells = read(path)
        seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert cells == rows * COLUMNS
    return {"seconds": seconds, "bytes": float((after - before) * unit)}


def _written(folder: str, rows: int) -> Path:
    path = Path(folder, "table.csv")
    subprocess.run([sys.executable, "-c", WRITE, str(path), str(rows), str(COLUMNS)], check=True)
    return path
