"""The random streams of training."""

from dataclasses import dataclass

import numpy as np


def fold_stream(seed: int) -> np.random.Generator:
    """Return the stream of what all members share: the folds of target statistics."""
    return np.random.default_rng([seed, 1])


def held_out_stream(seed: int) -> np.random.Generator:
    """Return the stream of the folds that members hold out."""
    return np.random.default_rng([seed, 2])


@dataclass(frozen=True)
class Streams:
    """The random streams of one member: each consumer has its own, so that none disturbs another."""

    initial: np.random.Generator
    split: np.random.Generator
    shuffle: np.random.Generator
    dropout: np.random.Generator

    @staticmethod
    def of(seed: int, members: int, further: bool = False) -> list["Streams"]:
        """Return the streams of each member, others where it goes on past its best look.

        Those of the first members do not depend on how many there are.
        """
        return [
            Streams(*(np.random.default_rng(s) for s in child.spawn(4)))
            for child in np.random.SeedSequence([seed, 3] if further else seed).spawn(members)
        ]
