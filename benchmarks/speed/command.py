"""A whole command on the UCI set concrete: wall time and peak memory of the process, ours and a torch script's."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MEMBERS = 5
SCRIPT = Path(__file__).with_name("torch_script.py")


def data_folder() -> Path:
    """Return the folder of the set."""
    root = os.environ.get("LIKELINET_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
    return Path(root) / "uci" / "concrete"


def write_table(path: Path) -> None:
    """Write the set as a CSV file, the target last."""
    folder = data_folder()
    table = np.loadtxt(folder / "data.txt")
    columns = np.append(
        np.loadtxt(folder / "index_features.txt", dtype=int), int(np.loadtxt(folder / "index_target.txt"))
    )
    names = ",".join([*(f"x{i}" for i in range(len(columns) - 1)), "y"])
    np.savetxt(path, table[:, columns], delimiter=",", fmt="%.17g", header=names, comments="")


def run(command: list[str]) -> dict[str, float]:
    """Return wall time and peak resident memory of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} failed with exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {"seconds": seconds, "bytes": float(usage.ru_maxrss * unit)}


def ours(epochs: int | None = None) -> dict[str, float]:
    """Measure `likelinet fit` with the defaults and several members."""
    with tempfile.TemporaryDirectory() as folder:
        table, config = Path(folder, "table.csv"), Path(folder, "config.yaml")
        write_table(table)
        config.write_text(f"data: {{target: y}}\nensemble: {MEMBERS}\n")
        script = [str(Path(sys.executable).with_name("likelinet"))]
        if not Path(script[0]).exists():
            script = [sys.executable, "-c", "from likelinet.cli.main import main; main()"]
        extra = ["--set", f"training.epochs={epochs}"] if epochs else []
        return run([*script, "fit", str(config), str(table), "-o", str(Path(folder, "model.safetensors")), *extra])


def torch(threads: int | None = None, epochs: int | None = None) -> dict[str, float]:
    """Measure the torch script."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "table.csv")
        write_table(table)
        options = {"--members": MEMBERS, "--threads": threads, "--epochs": epochs}
        extra = [str(a) for name, value in options.items() if value for a in (name, value)]
        return run([sys.executable, str(SCRIPT), str(table), str(Path(folder, "model.pt")), *extra])
