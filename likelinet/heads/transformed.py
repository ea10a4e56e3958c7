"""A family seen through an increasing map of y."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.distributions import Affine, Distribution, Log, Logit, Transformed
from likelinet.distributions.base.distribution import Backward
from likelinet.heads.family import Family, Standardisation, WrapperFamily


@dataclass(frozen=True)
class TransformedFamily(WrapperFamily):
    """y = transform(x), with x from `base`.

    Parameters
    ----------
    base : Family
        The family of x, continuous.
    transform : Affine, Log or Logit
        The map.
    """

    transform: Affine | Log | Logit

    @property
    def support(self) -> Domain:
        return self.transform.image(self.base.support)

    @property
    def standardisation(self) -> Standardisation:
        match self.transform:
            case Affine():
                return self.base.standardisation
            case Log():  # to scale y is to shift its logarithm
                return "scale" if self.base.standardisation == "location-scale" else "none"
            case _:
                return "none"

    @property
    def origin(self) -> float:
        return float(self.transform.forward(self.base.origin)) if isinstance(self.transform, Affine) else 0.0

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        x = self.transform.inverse(y)
        values, backward = self.base.loss(params, x)
        return values + self.transform.log_slope(x), backward

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        image, xp = self.transform.image(Domain("")), namespace(params[0])
        ends = (self.transform.inverse(xp.clip(xp.asarray(e), image.low, image.high)) for e in (low, high))
        return self.base.log_interval(params, *ends)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Transformed(self.base.distribution(params), self.transform)

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.base.start(self.transform.inverse(y), weight)

    def standardised(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        match self.transform:
            case Affine(loc=a, scale=b):
                return self._moved(np.asarray(a), np.asarray(b), loc, scale, spread)
            case Log():
                return replace(
                    self, base=self.base.standardised(np.log(scale), np.ones_like(scale), np.ones_like(scale))
                )
            case _:
                return replace(self, base=self.base.standardised(loc, scale, spread))

    def _moved(self, a: np.ndarray, b: np.ndarray, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> Family:
        """Standardise x as far as its family allows it; what is left of the map is nothing, as a rule."""
        match self.base.standardisation:
            case "location-scale":
                return self.base.standardised((loc - a) / b, scale / b, spread)
            case "scale":
                base = self.base.standardised(np.zeros_like(loc) + self.base.origin, scale / b, spread)
                left = (a + b * self.base.origin - loc) / scale
                return base if np.all(left == 0.0) else replace(self, base=base, transform=Affine(left, 1.0))
            case _:
                base = self.base.standardised(np.zeros_like(loc), np.ones_like(scale), spread * scale / b)
                return replace(self, base=base, transform=Affine((a - loc) / scale, b / scale))
