"""Where random generators stand, as plain data."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def positions(generators: Sequence[np.random.Generator]) -> list[dict[str, Any]]:
    """Return where each generator stands: data of which JSON can be made."""
    return [dict(g.bit_generator.state) for g in generators]


def put_back(generators: Sequence[np.random.Generator], to: Sequence[dict[str, Any]]) -> None:
    """Let each generator go on from one of the positions that `positions` returned."""
    for generator, position in zip(generators, to, strict=True):
        generator.bit_generator.state = position
