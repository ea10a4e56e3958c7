"""Power laws beyond the outermost nodes: of heavy tails, and of densities next to a singular end."""

from dataclasses import dataclass

import numpy as np

from likelinet.distributions.numerics.nodes import LARGEST, N_NODES, Cover

_STRAIGHT, _ROUNDING = 1e-6, 1e-10  # of what falls as an exponential function, the latter of its logarithm
_LITTLE = 1e-7  # share of an integral
_POWER = 1e-6  # difference of powers that are the same
_NO_FALL = 1e-9  # what falls no faster than by this power has no integral


@dataclass(frozen=True)
class Tail:
    """The power law beyond the outermost panel of each row on one side, shape (n_rows,).

    Along it, with D the distance from the anchor and τ = |log D| outwards from the edge, the mass falls by e^(-rate τ).
    """

    mass: np.ndarray
    rate: np.ndarray
    distance: np.ndarray  # D at the edge
    grows: np.ndarray  # whether D grows outwards: towards infinity, not towards an end
    _panel: np.ndarray
    _nodes: tuple[np.ndarray, ...]
    _steps: tuple[np.ndarray, ...]
    _log_probs: tuple[np.ndarray, ...]
    _distances: tuple[np.ndarray, ...]

    def at_nodes(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the values at the outermost node and at two farther in, from those at all nodes."""
        return self.at_outermost(values[:, self._panel])

    def at_outermost(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the same from the values at the nodes of the outermost panels, shape (nodes, n_rows)."""
        return tuple(values[node, np.arange(len(node))] for node in self._nodes)

    def integral(self, values: tuple[np.ndarray, ...], power: int = 1, least: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the integral of f = v^power over the mass beyond, from the values v at the nodes.

        f goes on as a straight line in τ, or as a power where it changes as fast as one; it may have no integral, but
        only where it is larger than `least`.
        """
        outer, inner, innermost = ((np.sign(v) ** power, power * np.log(np.abs(v))) for v in values)
        apart, farther, out = self._steps
        growth = (outer[1] - inner[1]) / apart
        # A straight line that comes through 0 grows by any factor, but not by the same one again.
        steady = np.abs(growth - (inner[1] - innermost[1]) / farther) < 0.5 * np.abs(growth)
        value = outer[0] * np.exp(outer[1])
        slope = (value - inner[0] * np.exp(inner[1])) / apart
        line = self.mass * (value + slope * out + slope / self.rate)
        falls = self.rate - growth
        size = np.exp(np.log(self.mass) + outer[1] + growth * out) * self.rate
        by_power = outer[0] * np.where(falls > _NO_FALL, size / np.where(falls > _NO_FALL, falls, 1.0), np.inf)
        by_power = outer[0] * self._by_exponential(tuple(v[1] for v in (outer, inner, innermost)), np.abs(by_power))
        endless = np.isinf(by_power) & (outer[1] <= np.log(least))
        found = np.where((np.abs(growth) > 0.25) & steady & (outer[0] != 0.0) & ~endless, by_power, line)
        return np.where(self.mass > 0.0, found, 0.0)

    def told(self, part: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """Return the part of an integral beyond, nan if it counts in the whole and the density there is no power law.

        Then most of the integral may be where there are no nodes.
        """
        return np.where((np.abs(part) > _LITTLE * np.abs(whole)) & np.isfinite(whole) & ~self._is_power(), np.nan, part)

    def _is_power(self) -> np.ndarray:
        """Return whether the density is a power law, from its slope in two places."""
        (outer, inner, innermost), (apart, farther, _) = self._log_probs, self._steps
        return np.abs((outer - inner) / apart - (inner - innermost) / farther) < _POWER

    def _by_exponential(self, logs: tuple[np.ndarray, ...], otherwise: np.ndarray) -> np.ndarray:
        """Return the integral of e^logs over what lies beyond where its terms fall as e^(-cD), else `otherwise`."""
        outer, inner, innermost = (a + b for a, b in zip(logs, self._log_probs, strict=True))
        first, second, third = self._distances
        fall, before = (inner - outer) / (first - second), (innermost - inner) / (second - third)
        straight = self.grows & (np.abs(fall - before) <= _STRAIGHT * np.abs(fall) + _ROUNDING / first)
        beyond = np.exp(outer - fall * (self.distance - first)) / fall
        return np.where(straight, np.where(fall * first > _NO_FALL, beyond, np.inf), otherwise)

    def of_squares(self, atom: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the integral over y of the squared mass farther out, which exists where that falls fast enough.

        An atom, at a finite end, belongs to it.
        """
        rate = 2.0 * self.rate + np.where(self.grows, -1.0, 1.0)
        finite = self.mass * (self.mass * self.distance) / np.where(rate > _NO_FALL, rate, 1.0)
        # What still falls faster and faster where numbers end has an integral, of which they tell nothing.
        none = np.where(self._is_power(), np.inf, np.nan)
        squares = np.where(self.mass > 0.0, np.where(rate > _NO_FALL, finite, none), 0.0)
        return squares + np.where(self.grows, 0.0, self.distance * (atom * (atom + 2.0 * self._average())))

    def of_rest_squared(self, atom: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the integral over y, up to a finite end and its atom, of the square of what lies farther in."""
        rest = 1.0 - atom
        less = np.where(self.mass > 0.0, self.mass * self.mass / (2.0 * self.rate + 1.0), 0.0)
        return np.where(self.grows, 0.0, self.distance * (rest * (rest - 2.0 * self._average()) + less))

    def _average(self) -> np.ndarray:
        """Return the average over y of the mass farther out, up to a finite end."""
        return np.where(self.mass > 0.0, self.mass / (self.rate + 1.0), 0.0)


def tail(nodes: Cover, y: np.ndarray, log_prob: np.ndarray, low: np.ndarray, high: np.ndarray, *, upper: bool) -> Tail:
    """Return what lies beyond the nodes on one side, from those of the outermost panels and the density there."""
    panel, own = nodes.layers.outermost[upper], np.arange(len(low))
    some = nodes.layers.many > 0
    down, at_end = nodes.down[panel], nodes.at_end[panel]
    grows = down ^ upper
    outer = np.where(grows, N_NODES - 1, 0)
    inner, innermost = np.where(grows, N_NODES - 3, 2), np.where(grows, N_NODES - 5, 4)
    at, distance = (outer, inner, innermost), nodes.panels.distances(panel)
    lp_outer, lp_inner, _ = log_probs = tuple(log_prob[node, own] for node in at)
    d_outer, d_inner, d_innermost = distances = tuple(distance[node, own] for node in at)
    edge = np.where(grows, nodes.far[panel], nodes.near[panel])
    infinite = (high >= LARGEST) if upper else (low <= -LARGEST)
    far_out = infinite & (nodes.near[panel] > 0.0)  # not a panel next to a core, which is measured from its own end
    valid = some & np.where(grows, far_out, at_end & ~infinite & (edge > 0.0))
    ratios = d_outer / d_inner, d_inner / d_innermost, np.where(valid, edge, 1.0) / d_outer
    apart, farther, out = (np.abs(np.log(v)) for v in ratios)
    slope = (lp_outer - lp_inner) / apart
    rate = np.where(grows, -1.0, 1.0) - slope
    mass = np.exp(lp_outer + slope * out + np.log(np.where(valid, edge, 1.0))) / rate
    mass = np.where(valid & (rate > 0.0) & np.isfinite(mass), mass, 0.0)
    # Up to an end that the outermost panel does not see, nothing is left but the distance, and what lies at the end.
    last = y[outer, own] + np.where(upper, 1.0, -1.0) * np.abs(edge - d_outer)
    gap = np.where(some & ~infinite, np.maximum(high - last if upper else last - low, 0.0), 0.0)
    grows = grows & (valid | infinite)
    edge = np.where(valid, edge, gap)
    return Tail(mass, rate, edge, grows, panel, at, (apart, farther, out), log_probs, distances)
