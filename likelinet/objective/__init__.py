"""The objective of maximum likelihood, and the layout of its weights."""

from typing import TYPE_CHECKING

from likelinet.core.lazy import attach_from

if TYPE_CHECKING:
    from likelinet.objective.layout import Layout as Layout
    from likelinet.objective.objective import Objective as Objective

__getattr__, __dir__ = attach_from(__name__, {"Layout": "layout", "Objective": "objective"})
