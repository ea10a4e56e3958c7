"""Fits that a test has done in other processes, on one device or on several, to compare their weights.

    python -m tests.engines.spread_fits OUTPUT NAME,NAME… [PROCESS PROCESSES ADDRESS]

The file of the stream lies beside the output.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

import likelinet as ll
from likelinet.core.notes import unnoted

N, STREAM = 1001, "rows.parquet"
PLAIN: dict[str, Any] = {
    "quality": "plain",
    "engine": "jax",
    "network": {"hidden": [16, 16]},
    "training": {"batch_size": 50, "epochs": 10, "validation_fraction": 0.1, "optimizer": {"learning_rate": 0.003}},
}
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "double": {"training": {"precision": "float64"}},
    "dropout": {"network": {"dropout": 0.2}},
    "four": {"ensemble": 4},  # whole members on each of four devices
    "three": {"ensemble": 3, "network": {"dropout": 0.1}, "training": {"precision": "float64"}},
    "codes": {"data": {"numeric": {"kind": "piecewise_linear", "bins": 8}}},
    "mixture": {"distribution": {"kind": "mixture", "base": {"kind": "gaussian"}, "components": 3}},
    "averaged": {"training": {"average": 0.99, "gradient_clip": 1.0}},
    "groups": {
        "ensemble": 2,
        "groups": [{}, {"network": {"kind": "mlp", "hidden": []}}],
        "training": {"folds": 2, "validation_fraction": 0.0, "epochs": 4},
    },
    "stream": {"data": {"target": "y"}},
    "stream of small batches": {  # of which the last device has no rows
        "data": {"target": "y"},
        "training": {"batch_size": 5, "epochs": 1, "validation_fraction": 0.0},
    },
    "stream in double": {
        "data": {"target": "y"},
        "ensemble": 2,
        "training": {"precision": "float64", "batch_size": 37},
    },
}


def table() -> tuple[np.ndarray, np.ndarray]:
    """Return X and y."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, 4))
    return x, np.sin(x[:, 0]) + 0.3 * rng.normal(size=N)


def merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return a config with some keys of another one."""
    both = {k: merged(base.get(k, {}), v) if isinstance(v, dict) else v for k, v in more.items()}
    return {**base, **both}


def write_stream(folder: Path) -> None:
    """Write the table in row groups, with words beside numbers, and rows without y."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    x, y = table()
    columns = {f"x{j}": pa.array(column) for j, column in enumerate(x.T)}
    columns["word"] = pa.array(np.where(x[:, 0] > 0.0, "up", "down").tolist())
    columns["y"] = pa.array(y, mask=np.arange(N) % 37 == 0)
    pq.write_table(pa.table(columns), folder / STREAM, row_group_size=90)


def weights(name: str, folder: Path, devices: str | None = "all") -> np.ndarray:
    """Return the weights of a case, of all its groups."""
    config = {**merged(PLAIN, CASES[name]), "devices": devices}
    rows = (ll.Stream(folder / STREAM, rows=260),) if "stream" in name else table()
    with unnoted():
        model = ll.Model(config).fit(*rows, progress=False)
    return np.concatenate([group.theta.ravel() for group in model._fitted().groups])


def main() -> None:
    """Write the weights of each case to a file."""
    output, names, *process = sys.argv[1:]
    if process:
        import jax

        jax.distributed.initialize(process[2], int(process[1]), int(process[0]))
    found = {name: weights(name, Path(output).parent) for name in names.split(",")}
    if not process or process[0] == "0":
        np.savez(Path(output), **found)


if __name__ == "__main__":
    main()
