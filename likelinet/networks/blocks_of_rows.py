"""A network over many rows, with bits of each row that depend on nothing but the row."""

from collections.abc import Callable

import numpy as np

from likelinet.networks.layer import Arrays

# BLAS sums in another order for another shape, and within one shape at the edges of its kernels. So every product has
# one shape: the rows are its first dimension, a multiple of the width of all kernels and fewer than they are cut into
# pieces at, and those at either end, where the kernels for AVX2 differ, stay empty.
PRODUCT_ROWS = 288
GUARD = 8  # empty rows at either end
ROWS_PER_PRODUCT = PRODUCT_ROWS - 2 * GUARD
PRODUCTS_AT_ONCE = 4  # products at a time, whose wide arrays then stay in the cache


def with_blocks(weights: Arrays) -> Arrays:
    """Return the weights (M, ...) with an axis for blocks, as a network needs them that `by_blocks` calls."""
    return tuple(w[:, None] for w in weights)


def by_blocks(network: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the outputs (M, n, outputs) of a network for each row of x (n, inputs).

    A row has the same bits alone, in any order and among any others, if BLAS has one thread.

    Parameters
    ----------
    network : callable
        Maps (1, blocks, rows, inputs) to (M, blocks, rows, outputs), of weights from `with_blocks`.
    x : ndarray, shape (n, inputs)
        Rows.
    """
    n, inputs = x.shape
    whole, rest = divmod(n, ROWS_PER_PRODUCT)
    many = max(whole + (rest > 0), 1)
    # The numbers of one column lie side by side, as products need.
    filled = np.zeros((1, many, inputs, PRODUCT_ROWS), x.dtype)
    room = filled[0, :, :, GUARD:-GUARD]
    room[:whole] = x[: whole * ROWS_PER_PRODUCT].T.reshape(inputs, whole, ROWS_PER_PRODUCT).swapaxes(0, 1)
    if rest:
        room[whole, :, :rest] = x[whole * ROWS_PER_PRODUCT :].T
    outputs = None
    for first in range(0, many, PRODUCTS_AT_ONCE):
        part = slice(first, min(first + PRODUCTS_AT_ONCE, many))
        y = network(filled[:, part].mT)[..., GUARD:-GUARD, :]
        if outputs is None:
            outputs = np.empty((len(y), many, ROWS_PER_PRODUCT, y.shape[-1]), y.dtype)
        outputs[:, part] = y
    assert outputs is not None
    return outputs.reshape(len(outputs), many * ROWS_PER_PRODUCT, outputs.shape[-1])[:, :n]
