"""Families whose y is a vector."""

import numpy as np

import likelinet as ll
from tests import exact_vectors
from tests.cases.family import N_CLASSES, Family

FAMILIES = (
    Family(
        ll.Dirichlet,
        {"concentration": (0.3, 50.0)},
        exact_vectors.Dirichlet,
        exact_vectors.dirichlet,
        # No simple fractions: shares equal to the mean leave of a large concentration's gradient only rounding errors.
        inside=([0.11, 0.23, 0.31, 0.35], [1e-9, 0.47, 0.32, 0.21 - 1e-9], [0.71, 0.12, 0.09, 0.08]),
        event=N_CLASSES,
        beyond=([0.5, 0.5, 0.1, -0.1], [0.2, 0.2, 0.2, 0.2], [0.0, 0.2, 0.3, 0.5], [np.inf] * 4),
    ),
    Family(
        ll.Multinomial,
        {"total_count": (5.0, 60.0), "logits": (-1.5, 1.5)},
        exact_vectors.Multinomial,
        exact_vectors.multinomial,
        inside=([0.0, 0.0, 0.0, 0.0], [0.0, 3.0, 1.0, 20.0], [1.0, 0.0, 0.0, 0.0]),
        event=N_CLASSES,
        beyond=([1000.0, 1.0, 1.0, 1.0], [-1.0, 2.0, 2.0, 2.0], [0.5, 0.5, 2.0, 2.0], [np.inf] * 4),
    ),
    Family(
        ll.MultivariateGaussian,
        {"loc": (-5.0, 5.0), "scale_tril": (0.5, 1.0)},
        exact_vectors.MultivariateGaussian,
        exact_vectors.multivariate_gaussian,
        event=N_CLASSES,
        beyond=([0.0, 0.0, 0.0, np.inf], [-np.inf, 0.0, 0.0, 0.0]),
        sharp=False,
        unit=lambda loc, matrix: np.linalg.svd(matrix, compute_uv=False)[..., -1],
    ),
)
