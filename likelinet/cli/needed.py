"""What `likelinet check` says of what a fit would take: networks, weights and memory."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from likelinet.config import ModelConfig
from likelinet.model.fit import Fit
from likelinet.model.needs import Needs, in_bytes, needs, refusal
from likelinet.model.source import Source
from likelinet.tables.inputs import Inputs
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.table import Table
from likelinet.targets.target import Targets
from likelinet.training.history import History


def needed(config: ModelConfig, targets: Targets, kinds: Sequence[Kind], table: Table) -> tuple[list[Needs], str]:
    """Return what each group of members takes, and what is wrong with that, if anything is."""
    if config.distribution.own_class is not None:  # which is imported where it is trusted
        return [], ""
    begun = Fit(config, None, Inputs(tuple(kinds), table.named), targets, np.zeros((0, 0)), History(), Source(0))
    found: list[Needs] = []
    for own in config.each_group:
        fit = replace(begun, config=own)
        found.append(needs(fit, table.n))
        if (error := refusal(fit, found[-1], table.n)) is not None:
            return found, str(error)
    return found, ""


def in_words(found: Sequence[Needs]) -> str:
    """Return in a sentence what groups that are trained one after the other take."""
    networks, weights = sum(n.members for n in found), sum(n.members * n.weights for n in found)
    memory = in_bytes(max(n.memory for n in found))
    many = f"{networks:,} network{'s' * (networks != 1)}"
    return f"{many} with {weights:,} weights in all; training takes about {memory} of memory."
