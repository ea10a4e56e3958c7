"""Ours against peers as ratios: measured in turns, so that noise hits all alike, and printed with their spread."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from speed.measure import Measurement

Figures = dict[Measurement, list[dict[str, Any]]]


@dataclass(frozen=True)
class Comparison:
    """One line of a table.

    Parameters
    ----------
    name, peer : str
        What is compared, and with whom; a measurement may stand in many lines of one name, not under two names.
    ours : Measurement
        The numerator.
    peers : tuple of Measurement
        The denominator: whichever has the least median.
    target : float or None
        What the ratio may be at most; None where it is shown for information.
    figure : str
        Which of the measured figures.
    unit : tuple
        Its unit in the table, and how many make one.
    shown : str
        A figure of ours, a word, that is printed as well.
    """

    name: str
    peer: str
    ours: Measurement
    peers: tuple[Measurement, ...]
    target: float | None
    figure: str = "seconds"
    unit: tuple[str, float] = ("µs", 1e6)
    shown: str = ""


@dataclass(frozen=True)
class Table:
    """A table: a heading and its lines; `least` of them must reach their target, all where it is None."""

    heading: str
    lines: tuple[Comparison, ...] = ()
    least: int | None = None
    notes: list[str] = field(default_factory=list)


def measure(tables: Sequence[Table], rounds: int) -> tuple[Figures, dict[Measurement, str]]:
    """Return the figures of every measurement, and why any failed; those under one name come in turns, once a round."""
    turns: dict[str, dict[Measurement, None]] = {}
    for table in tables:
        for line in table.lines:
            turns.setdefault(line.name, {}).update(dict.fromkeys((line.ours, *line.peers)))
    found: Figures = {}
    failed: dict[Measurement, str] = {}
    for name, measurements in turns.items():
        for turn in range(rounds):
            for each in (m for m in measurements if m not in failed):
                print(f"{name}, round {turn + 1} of {rounds}: {each.function}", file=sys.stderr, flush=True)
                try:
                    found.setdefault(each, []).append(each())
                except RuntimeError as error:
                    failed[each] = str(error).strip().splitlines()[-1]
    return found, failed


def ratios(line: Comparison, figures: Figures) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what was measured of ours, what of the best peer, and their ratio in each round."""

    def of(one: Measurement) -> np.ndarray:
        return np.array([f[line.figure] for f in figures[one]])

    ours, peer = of(line.ours), min((of(p) for p in line.peers), key=np.median)
    return ours, peer, ours / peer


def lines_of(table: Table, figures: Figures, failed: dict[Measurement, str]) -> list[str]:
    """Return a table as lines of markdown."""
    lines = [f"### {table.heading}", ""]
    if table.lines:
        lines += ["| | | ours | peer | ratio | lowest … highest | target | |", "|---|---|---:|---:|---:|---|---:|---|"]
    held = []
    for line in table.lines:
        if why := [failed[m] for m in (line.ours, *line.peers) if m in failed]:
            lines.append(f"| {line.name} | {line.peer} | | | | | | not measured: {why[0]} |")
            held += [False] if line.target is not None else []
            continue
        ours, peer, ratio = ratios(line, figures)
        middle, (unit, scale) = float(np.median(ratio)), line.unit
        words = ", ".join(sorted({str(f[line.shown]) for f in figures[line.ours]})) if line.shown else ""
        held += [middle <= line.target] if line.target is not None else []
        verdict = "" if line.target is None else "holds" if held[-1] else "MISSED"
        lines.append(
            f"| {line.name}{f' ({words})' if words else ''} | {line.peer} "
            f"| {_number(np.median(ours) * scale)} {unit} | {_number(np.median(peer) * scale)} {unit} "
            f"| {middle:.2f} | {ratio.min():.2f} … {ratio.max():.2f} "
            f"| {'' if line.target is None else f'≤ {line.target:g}'} | {verdict} |"
        )
    if table.least is not None:
        verdict = "holds" if sum(held) >= table.least else "MISSED"
        lines += ["", f"{sum(held)} of {len(held)} within their target, at least {table.least}: {verdict}"]
    return [*lines, *table.notes, ""]


def _number(value: float) -> str:
    """Return a number in about three digits."""
    return f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"
