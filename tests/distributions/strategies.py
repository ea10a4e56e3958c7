"""What hypothesis draws for the tests of distributions."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.cases import Family

ROWS = 4


def each(cases: tuple[Family, ...]) -> pytest.MarkDecorator:
    """Run a test once for every row of the table given."""
    return pytest.mark.parametrize("case", cases, ids=str)


def uniform(*shape: int, low: float = 0.0, high: float = 1.0) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, shape, elements=st.floats(low, high))


def rows(case: Family, n: int = ROWS) -> st.SearchStrategy[tuple[np.ndarray, ...]]:
    """Draw the parameters of `n` distributions from their typical ranges."""
    return uniform(n, len(case.columns)).map(case.parameters)


quantiles = uniform(ROWS, low=1e-3, high=1.0 - 1e-3)
