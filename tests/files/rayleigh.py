"""A family of a user's own, as the stored model files name it."""

import numpy as np

import likelinet as ll


class Rayleigh(ll.Distribution):
    """The length of a vector of two independent Gaussian numbers."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive

    def log_prob(self, y):
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))
