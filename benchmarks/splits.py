"""The UCI regression sets in the standard splits of Hernández-Lobato & Adams (2015), and scores kept split by split.

The data lie in `../shared/data/uci`, or in `uci` under the folder that LIKELINET_DATA names. Nothing of likelinet is
needed here, so that peers can run in environments of their own.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

MEANS = ("nll", "crps", "rmse", "cover90", "cover50", "nll_new", "crps_new", "seconds", "cpu")
HEAD = (
    *("set", "method", "splits", "NLL", "CRPS", "RMSE", "in 90 %", "in 50 %", "NLL, CRPS of new rows"),
    *("out of fold − test", "s", "CPU s"),
)
SETS = ("concrete", "energy", "kin8nm", "power-plant", "yacht")


def folder() -> Path:
    """Return the folder with the sets."""
    root = os.environ.get("LIKELINET_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    return Path(root) / "uci"


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y of a set."""
    table = np.loadtxt(folder() / name / "data.txt")
    features = np.loadtxt(folder() / name / "index_features.txt", dtype=int)
    return table[:, features], table[:, int(np.loadtxt(folder() / name / "index_target.txt"))]


@dataclass(frozen=True)
class Split:
    """One split of a set: rows to learn from, and rows to be scored on."""

    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray

    @staticmethod
    def of(name: str, number: int) -> "Split":
        """Return a split by its number."""
        x, y = load(name)
        train, test = (
            np.loadtxt(folder() / name / f"index_{part}_{number}.txt").astype(int) for part in ("train", "test")
        )
        return Split(x[train], y[train], x[test], y[test])

    @property
    def new(self) -> np.ndarray:
        """Which test rows do not stand among the training rows, with the same y."""
        known = {row.tobytes() for row in np.column_stack([self.x, self.y])}
        return np.array([row.tobytes() not in known for row in np.column_stack([self.test_x, self.test_y])])


@dataclass(frozen=True)
class Scored:
    """Scores of the test rows of one split; nan where a method has none.

    Parameters
    ----------
    method, set, split
        Who, on what.
    nll, crps, rmse : float
        Means over the test rows.
    cover90, cover50 : float
        Shares of them in the central intervals.
    nll_new, crps_new : float
        Means over those that do not stand among the training rows.
    unseen, unseen_error : float
        The mean out-of-fold NLL of the training rows, and its standard error.
    error : float
        Standard error of `nll`.
    seconds, cpu : float
        Of the fit and the prediction.
    """

    method: str
    set: str
    split: int
    nll: float
    crps: float
    rmse: float
    cover90: float
    cover50: float
    nll_new: float
    crps_new: float
    seconds: float
    cpu: float
    error: float = float("nan")
    unseen: float = float("nan")
    unseen_error: float = float("nan")

    @staticmethod
    def of(
        at: tuple[str, str, int],
        split: Split,
        nll: np.ndarray,
        crps: np.ndarray,
        mean: np.ndarray,
        ends: dict[float, tuple[np.ndarray, np.ndarray]],
        took: tuple[float, float],
        unseen: np.ndarray | None = None,
    ) -> "Scored":
        """Return the scores of what was predicted of each test row.

        Parameters
        ----------
        at : tuple
            Method, set and number of the split.
        split : Split
            The rows.
        nll, crps, mean : ndarray
            Of each test row.
        ends : dict
            Of the central intervals of .9 and .5.
        took : tuple of float
            Seconds and CPU seconds.
        unseen : ndarray, optional
            Out-of-fold NLL of each training row.
        """
        y, new = split.test_y, split.new
        cover = {c: float(np.mean((low <= y) & (y <= high))) for c, (low, high) in ends.items()}
        rmse = float(np.sqrt(np.mean((mean - y) ** 2)))
        mean_unseen, its_error = (float("nan"),) * 2 if unseen is None else _with_error(unseen)
        own, own_error = _with_error(nll)
        method, name, number = at
        seconds, cpu = took
        return Scored(
            method, name, number, own, float(crps.mean()), rmse, cover[0.9], cover[0.5], *_of(new, nll, crps),
            seconds, cpu, own_error, mean_unseen, its_error,
        )  # fmt: skip


def _with_error(values: np.ndarray) -> tuple[float, float]:
    """Return the mean and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5)


def _of(rows: np.ndarray, nll: np.ndarray, crps: np.ndarray) -> tuple[float, float]:
    """Return the means over some rows."""
    return (float(nll[rows].mean()), float(crps[rows].mean())) if rows.any() else (float("nan"), float("nan"))


def kept(path: Path) -> list[Scored]:
    """Return the scores that a file keeps."""
    if not path.is_file():
        return []
    return [Scored(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def go_on(
    path: Path, methods: Iterable[str], sets: Iterable[str], splits: int, score: Callable[..., Scored], jobs: int
) -> None:
    """Score all splits that the file does not have yet, one line each as soon as it is there, and print the table."""
    if not folder().is_dir():
        sys.exit(f"The UCI sets are not in {folder()}; set LIKELINET_DATA.")
    done = {(s.method, s.set, s.split) for s in kept(path)}
    todo = [(m, name, k) for name in sets for m in methods for k in range(splits) if (m, name, k) not in done]
    with get_context("spawn").Pool(jobs) as pool, path.open("a", encoding="utf-8") as file:
        for one in pool.imap_unordered(partial(_starred, score), todo):
            print(json.dumps(asdict(one)), file=file, flush=True)
    print(table(kept(path)))


def _starred(score: Callable[..., Scored], at: tuple[str, str, int]) -> Scored:
    return score(*at)


def table(scores: list[Scored]) -> str:
    """Return means over splits as a table in Markdown, with the standard error of the mean NLL over splits."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for name in SETS:
        for method in dict.fromkeys(s.method for s in scores if s.set == name):
            own = [s for s in scores if (s.set, s.method) == (name, method)]
            mean = {
                key: np.mean([getattr(s, key) for s in own]) for key in asdict(own[0]) if key not in ("method", "set")
            }
            apart = np.array([s.unseen - s.nll for s in own])
            spread = (np.std([s.nll for s in own], ddof=1) if len(own) > 1 else np.nan) / len(own) ** 0.5
            off = apart.std(ddof=1) / len(own) ** 0.5 if len(own) > 1 else np.nan
            lines.append(
                f"| {name} | {method} | {len(own)} | {mean['nll']:.3f} ± {spread:.3f} | {mean['crps']:.4f} | "
                f"{mean['rmse']:.4f} | {mean['cover90']:.3f} | {mean['cover50']:.3f} | "
                f"{mean['nll_new']:.3f}, {mean['crps_new']:.4f} | {apart.mean():+.3f} ± {off:.3f} | "
                f"{mean['seconds']:.1f} | {mean['cpu']:.1f} |"
            )
    return "\n".join(lines)
