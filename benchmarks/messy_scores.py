"""Log score and CRPS of each test row, by one measure for all methods, kept in a file and printed as tables.

The log score of numbers is the density; where they lie on a lattice of step h, or one value has many of the rows, it is
the probability of the cell,

    log P(y - h/2 < Y <= y + h/2) = log(F(y + h/2) - F(y - h/2)),

for densities and counts alike (`messy_tables.cell` gives h). Of classes it is log p, and the CRPS is the Brier score
over all classes; of censored times it is the density of an event, or the probability to outlive the last look, and the
CRPS is that of the part of the time axis which was seen.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import likelinet as ll
from likelinet.distributions import Distribution
from likelinet.scores.calibration import log_prob
from likelinet.scores.cells import log_prob_of_cells
from likelinet.scores.censored_crps import censored_crps

LEAST = np.finfo(float).eps  # of a probability of a class, as in scikit-learn's log loss
Scores = tuple[np.ndarray, np.ndarray]


def of_numbers(d: Distribution, y: np.ndarray, h: float) -> Scores:
    """Return the NLL and the CRPS of numbers, of which d may hold the classes of a rating."""
    with np.errstate(all="ignore"):
        if (classes := d.class_marginals()) is None:
            return -log_prob_of_cells(d, y, h), d.crps(y)
        probs = classes.class_probabilities()
        values = np.asarray(np.arange(probs.shape[1]) if classes.classes is None else classes.classes, np.float64)
        return -log_prob(d, y), of_masses(np.broadcast_to(values, probs.shape), probs, y)


def of_masses(values: np.ndarray, probs: np.ndarray, y: np.ndarray) -> np.ndarray:
    r"""Return the CRPS of distributions on the same increasing values, :math:`\int (F(t) - 1\{t \ge y\})^2 dt`."""
    below = np.cumsum(probs, axis=1)
    edges = np.sort(np.column_stack([values, y]), axis=1)
    middle = 0.5 * (edges[:, 1:] + edges[:, :-1])
    at = np.array([np.searchsorted(v, m, side="right") for v, m in zip(values, middle, strict=True)])
    cdf = np.take_along_axis(np.column_stack([np.zeros(len(y)), below]), at, axis=1)
    return np.sum(np.diff(edges, axis=1) * (cdf - (middle >= y[:, None])) ** 2, axis=1)


def of_draws(draws: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the CRPS of the empirical distribution of draws, the same for each y."""
    draws, n = np.sort(draws), len(draws)
    apart = np.sum((2.0 * np.arange(1, n + 1) - n - 1.0) * draws) / n**2  # half the mean distance of two draws
    total = np.concatenate([[0.0], np.cumsum(draws)])
    k = np.searchsorted(draws, y)
    return (y * k - total[k] + total[-1] - total[k] - y * (n - k)) / n - apart


def of_quantiles(quantiles: np.ndarray, levels: np.ndarray, y: np.ndarray) -> Scores:
    """Return nan, there being no density, and the CRPS as twice the mean pinball loss."""
    below = y[:, None] - np.sort(quantiles, axis=1)
    return np.full(len(y), np.nan), 2.0 * np.mean(np.maximum(levels * below, (levels - 1.0) * below), axis=1)


def of_classes(probs: np.ndarray, codes: np.ndarray) -> Scores:
    """Return the NLL and the Brier score of classes."""
    truth = np.eye(probs.shape[1])[codes]
    own = np.clip(probs[np.arange(len(codes)), codes], LEAST, 1.0)
    return -np.log(own), np.sum((probs - truth) ** 2, axis=1)


def of_times(d: Distribution, time: np.ndarray, event: np.ndarray) -> Scores:
    """Return the NLL and the CRPS of times that may be censored."""
    y = ll.Interval.right_censored(time, event)
    d = d if isinstance(d, ll.Censored) else ll.Censored(d)
    return -log_prob(d, y), censored_crps(d, y)


@dataclass(frozen=True)
class Scored:
    """The scores of a method on the test rows of one split of a table, and its CPU seconds."""

    method: str
    table: str
    split: int
    cpu: float
    nll: list[float]
    crps: list[float]

    @staticmethod
    def of(at: tuple[str, str, int], scores: Scores, cpu: float) -> "Scored":
        """Return scores with the six digits that the file keeps."""
        nll, crps = ([float(f"{v:.6g}") for v in each] for each in scores)
        return Scored(*at, cpu, nll, crps)

    @property
    def key(self) -> tuple[str, str, int]:
        """What is not done again."""
        return self.method, self.table, self.split


def kept(path: Path) -> list[Scored]:
    """Return the scores that a file keeps."""
    if not path.is_file():
        return []
    return [Scored(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def keep(path: Path, one: Scored) -> None:
    """Add scores to a file."""
    with path.open("a", encoding="utf-8") as file:
        print(json.dumps(asdict(one)), file=file, flush=True)


def difference(one: list[Scored], other: list[Scored], score: str) -> tuple[float, float]:
    """Return the mean paired difference over the splits that both have, and its standard error over rows.

    Rows that stand in several splits are not independent: of several splits the standard error is that of the mean row
    in one of them, a little too large.
    """
    theirs = {s.split: np.array(getattr(s, score)) for s in other}
    apart = [np.array(getattr(s, score)) - theirs[s.split] for s in one if s.split in theirs]
    if not apart:
        return float("nan"), float("nan")
    every = np.concatenate(apart)
    if not np.isfinite(every).all():
        return float(every.mean()), float("nan")
    return float(every.mean()), float(every.std(ddof=1) / (len(every) / len(apart)) ** 0.5)


def text(scores: list[Scored], ours: str, score: str, tables: list[str]) -> str:
    """Return a table in Markdown: the mean score of each method, and how far it lies above ours, ± standard error."""
    methods = sorted({s.method for s in scores}, key=lambda m: (m != ours, m))
    lines = [f"| table | {' | '.join(methods)} |", "|---" * (len(methods) + 1) + "|"]
    for name in tables:
        of = {m: [s for s in scores if (s.method, s.table) == (m, name)] for m in methods}
        if not any(of.values()):
            continue
        mean = {m: float(np.mean([v for s in own for v in getattr(s, score)])) for m, own in of.items() if own}
        best = min((v for v in mean.values() if np.isfinite(v)), default=np.nan)

        def shown(method: str, of: dict = of, mean: dict = mean, best: float = best) -> str:
            if method not in mean or np.isnan(mean[method]):
                return ""
            figure = f"**{mean[method]:.4g}**" if mean[method] == best else f"{mean[method]:.4g}"
            if method == ours or not of.get(ours):
                return figure
            above, error = difference(of[method], of[ours], score)
            return f"{figure} ({above:+.3g} ± {error:.2g})"

        lines.append(f"| {name} | {' | '.join(map(shown, methods))} |")
    return "\n".join(lines)


def seconds(scores: list[Scored], ours: str, tables: list[str]) -> str:
    """Return the mean CPU seconds of each method as a table in Markdown."""
    methods = sorted({s.method for s in scores}, key=lambda m: (m != ours, m))
    lines = [f"| table | {' | '.join(methods)} |", "|---" * (len(methods) + 1) + "|"]
    for name in tables:
        took = [[s.cpu for s in scores if (s.method, s.table) == (m, name)] for m in methods]
        if any(took):
            lines.append(f"| {name} | {' | '.join(f'{np.mean(t):.1f}' if t else '' for t in took)} |")
    return "\n".join(lines)


def standing(scores: list[Scored], ours: str, score: str, tables: list[str]) -> str:
    """Return in one line on how many tables ours is best, and which methods are ahead of it, by standard errors."""
    compared, close, ahead = [], [], []
    for name in tables:
        of = {m: [s for s in scores if (s.method, s.table) == (m, name)] for m in {s.method for s in scores}}
        own = of.pop(ours, [])
        found = {m: difference(theirs, own, score) for m, theirs in sorted(of.items()) if theirs and own}
        if not any(np.isfinite(above) for above, _ in found.values()):
            continue
        compared.append(name)
        better = {m: (-above, error) for m, (above, error) in found.items() if above < 0.0}
        if better and all(by <= error for by, error in better.values()):
            close.append(name)
        ahead += [(name, f"{name}: {m} by {by:.3g} ± {error:.2g}") for m, (by, error) in better.items()]
    best = len(compared) - len({name for name, _ in ahead})
    return (
        f"{ours} is best on {best} of {len(compared)}, and within one standard error of all that are ahead on "
        f"{len(close)} more. Ahead of it: {'; '.join(words for _, words in ahead) or 'none'}."
    )
