"""Whether y is possible at all, before anything is trained."""

import numpy as np

from likelinet.core.errors import ConfigError, DataError, ParameterError
from likelinet.core.wording import counted
from likelinet.heads.head import Head
from likelinet.targets.target import Naming, Targets


def check_possible(
    targets: Targets,
    head: Head,
    estimates: tuple[np.ndarray, np.ndarray],
    y: np.ndarray,
    columns: np.ndarray | None,
    constraint: str,
    naming: Naming,
) -> None:
    """Raise `DataError` where y has no probability whatever the parameters are: more successes than trials, say.

    Parameters
    ----------
    targets : Targets
        What was learned from y.
    head : Head
        Of the standardised targets.
    estimates : tuple of ndarray
        What `Head.raw_start` gives.
    y, columns : ndarray
        The encoded y of all rows, and what the head reads from the table.
    constraint : str
        What a vector must satisfy.
    naming : Naming
        How messages speak of y.

    Raises
    ------
    ConfigError
        If the family cannot have the parameters that are fixed, or its bounds leave nothing.
    """
    raw, shared = estimates
    outputs = np.broadcast_to(raw, (1, len(y), len(raw)))
    known = None if columns is None else columns[None]
    rows = slice(None) if targets.joint or columns is not None else slice(1)
    try:
        d = head.distribution(outputs[:, rows], shared[None], None if known is None else known[:, rows])
    except ParameterError as error:
        raise ConfigError(f"distribution: {error}") from None
    unusable = d.unusable
    if unusable is not None and columns is None:
        raise ConfigError(f"distribution: '{naming.kind}' leaves no probability: look at its bounds and what is fixed.")
    trials = [s.parameter.name for s in head.slots if not s.parameter.learned]
    if unusable is not None and trials:
        raise DataError(
            f"{naming.what} has {counted(unusable[0].sum(), 'row')} of which '{naming.kind}' leaves nothing, whatever "
            f"its parameters ({naming.rows(unusable[0])}): leave such rows out, or look at {' and '.join(trials)}."
        )
    if not (trials or targets.joint):  # all else is a matter of the support; -inf would only be an underflow
        return
    with np.errstate(all="ignore"):
        nll = d.nll(y[None]) if targets.joint else head.loss(outputs, shared[None], y[None], known)[0]
    impossible = np.isposinf(nll[0])
    if impossible.any():
        hint = constraint or f"look for values that {' or '.join(trials)} rules out"
        raise DataError(
            f"{naming.what} has {counted(impossible.sum(), 'row')} that '{naming.kind}' cannot give, whatever its "
            f"parameters ({naming.rows(impossible)}): {hint}."
        )
