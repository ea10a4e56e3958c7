"""Distributions of the rows of several tables as those of one, as out-of-fold predictions are put together."""

from collections.abc import Sequence

from likelinet.core.errors import ParameterError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.over.stacked import joined


def concatenate(parts: Sequence[Distribution]) -> Distribution:
    """Return distributions one after the other along their first batch axis, as `numpy.concatenate` does arrays.

    Parameters
    ----------
    parts : sequence of Distribution
        Of one structure: one family, or the same wrappers and as many components of it; only numbers differ.

    Returns
    -------
    Distribution
        Of the same structure; a number that all rows of a part share is there for each row.

    Raises
    ------
    ParameterError
        If there is no part, or if they differ in more than numbers.

    Examples
    --------
    >>> import likelinet as ll
    >>> ll.concatenate([ll.Gaussian([0.0, 1.0], 1.0), ll.Gaussian([2.0], 3.0)]).scale.tolist()
    [1.0, 1.0, 3.0]
    """
    parts = list(parts)
    if not parts:
        raise ParameterError("concatenate: there is no distribution.")
    first = parts[0]
    for p in parts:
        if not p.batch_shape or p.batch_shape[1:] != first.batch_shape[1:]:
            raise ParameterError(
                "concatenate: the first batch axis is one of rows, and the others are alike, but there are batch_shape "
                f"{first.batch_shape} and {p.batch_shape}."
            )
    whole = joined(parts, axis=0)
    if whole is None:
        families = " and ".join(dict.fromkeys(type(p).__name__ for p in parts))
        raise ParameterError(
            f"concatenate: the distributions ({families}) differ in more than numbers: take those of one family and as "
            "many components."
        )
    return whole
