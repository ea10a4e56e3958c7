"""How the cost of a training step grows with rows, width and members, drawn for both engines and torch.

    python benchmarks/scaling.py [-o scaling.png] [--rounds 3] [--peers numpy jax torch]

The network is 13-64-64-2 with a Gaussian, minibatches of 128 rows, a table of 8192 rows, one member; each panel
varies one of these. Every point is the median over the rounds of a time per step in a process of its own. A peer that
cannot run here is left out.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from speed import ours, torch_peer
from speed.measure import Measurement, measurement
from speed.workloads import Workload

PEERS = {"numpy": "likelinet, NumPy", "jax": "likelinet, JAX", "torch": "torch eager"}
STYLES = {"numpy": ("#0072B2", "o"), "jax": ("#D55E00", "s"), "torch": ("#009E73", "^")}  # safe for the colour-blind


@dataclass(frozen=True)
class Panel:
    """What varies, over which values, and the workload and members of each value."""

    title: str
    values: tuple[int, ...]
    of: Callable[[int], tuple[Workload, int]]


def workload(batch: int = 128, width: int = 64, rows: int | None = None) -> Workload:
    """Return a workload with enough steps in one timing for the clock."""
    rows = max(8192, 16 * batch) if rows is None else rows
    steps = min(1000.0, 500.0 * 128 * 64 / (batch * width))
    epochs = max(1, round(steps * batch / rows))
    return Workload(13, (width, width), 2, batch, rows, "gaussian", "relu", "adam", epochs)


PANELS = (
    Panel("rows of a minibatch", (8, 32, 128, 512, 2048, 8192), lambda n: (workload(batch=n), 1)),
    Panel("rows of the table", (1000, 10_000, 100_000, 1_000_000), lambda n: (workload(rows=n), 1)),
    Panel("width of both hidden layers", (16, 64, 256, 1024), lambda n: (workload(width=n), 1)),
    Panel("members", (1, 2, 4, 8, 16), lambda n: (workload(), n)),
)


def point(peer: str, w: Workload, members: int) -> Measurement | None:
    """Return what to measure; torch has no stacked members here."""
    if peer != "torch":
        return measurement(ours.step_seconds, workload=w, engine=peer, members=members)
    return measurement(torch_peer.step_seconds, workload=w) if members == 1 else None


def measure(panels: Sequence[Panel], peers: Sequence[str], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return the microseconds of a step by panel and peer, nan where there is none."""
    found = {(panel.title, peer): [] for panel in panels for peer in peers}
    absent: set[str] = set()
    for panel in panels:
        for value in panel.values:
            turns = {peer: point(peer, *panel.of(value)) for peer in peers}
            times: dict[str, list[float]] = {peer: [] for peer in peers}
            for _ in range(rounds):
                for peer, one in turns.items():
                    if one is None or peer in absent:
                        continue
                    try:
                        times[peer].append(one()["seconds"] * 1e6)
                    except RuntimeError as error:
                        absent.add(peer)
                        print(f"{PEERS[peer]} is left out: {str(error).strip().splitlines()[-1]}", flush=True)
            for peer, each in times.items():
                found[panel.title, peer].append(float(np.median(each)) if each else np.nan)
            line = ", ".join(f"{PEERS[p]} {found[panel.title, p][-1]:.0f} µs" for p in peers if times[p])
            print(f"{panel.title} {value}: {line}", flush=True)
    return found


def draw(panels: Sequence[Panel], found: dict[tuple[str, str], list[float]], file: Path) -> None:
    """Draw one picture, a panel each."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(3.6 * len(panels), 3.6), sharey=True, layout="constrained")
    for ax, panel in zip(axes, panels, strict=True):
        for (title, peer), times in found.items():
            if title == panel.title and np.isfinite(times).any():
                colour, marker = STYLES[peer]
                ax.plot(panel.values, times, color=colour, marker=marker, label=PEERS[peer])
        ax.set(xscale="log", yscale="log", xlabel=panel.title)
        ax.set_xticks(panel.values, [f"{value:,}" for value in panel.values])
        ax.minorticks_off()
        ax.grid(True, alpha=0.3)
    axes[0].set_ylabel("µs per step")
    axes[0].legend(frameon=False)
    figure.savefig(file, dpi=150)


def main() -> None:
    """Measure and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("scaling.png"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS))
    options = parser.parse_args()
    draw(PANELS, measure(PANELS, options.peers, options.rounds), options.output)
    print(f"Drawn in {options.output}")


if __name__ == "__main__":
    main()
