"""What families of Y = loc + scale · Z say of Y by Z, with or without a shape."""

from abc import ABC, abstractmethod

import numpy as np


class Standardised(ABC):
    """Y = loc + scale · Z: beside `Univariate`, for a family that gives the CRPS of Z."""

    loc: np.ndarray
    scale: np.ndarray

    @abstractmethod
    def _crps_of_z(self, z: np.ndarray) -> np.ndarray:
        """Return the CRPS of Z at z."""

    def _z(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale

    def _crps(self, y: np.ndarray) -> np.ndarray:
        z = self._z(y)  # infinite where y is farther than numbers of scales go: then Y is as good as loc
        return np.where(np.isinf(z), np.abs(y - self.loc), self.scale * self._crps_of_z(z))
