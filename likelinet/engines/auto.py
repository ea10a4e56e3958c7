"""Which engine `engine: auto` takes: a rule fitted to measurements, which docs/performance.md shows."""

from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Literal

STEPS = 17_000  # from which what JAX saves on steps of Python makes up for its import and compilation, about 2 s
SMALL = 8_000_000  # multiplications forward in a step of one member, above which a processor gains nothing from JAX
LARGE = 1e12  # multiplications forward in a fit, from which an accelerator is worth its start


def faster_engine(steps: int, batch: int, weights: int, members: int) -> Literal["numpy", "jax"]:
    """Return the engine that is probably done first, NumPy where jax is not installed.

    On a processor, both spend the same time on large matrix products; JAX saves about 0.1 ms of a step, which counts
    where there are many small steps. With a plugin for an accelerator installed, it is taken for large fits as well.

    Parameters
    ----------
    steps : int
        How many there will probably be.
    batch, weights, members : int
        Rows of a minibatch, weights of a member, and members.

    Examples
    --------
    >>> faster_engine(steps=1_000, batch=32, weights=18_000, members=1)
    'numpy'
    """
    if find_spec("jax") is None:
        return "numpy"
    if steps >= STEPS and batch * weights <= SMALL:
        return "jax"
    large = steps * batch * weights * members >= LARGE
    return "jax" if large and entry_points(group="jax_plugins") else "numpy"
