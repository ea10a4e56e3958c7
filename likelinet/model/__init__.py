"""The model: declared, fitted, asked, saved."""

from typing import TYPE_CHECKING

from likelinet.core.lazy import attach_from

if TYPE_CHECKING:
    from likelinet.model.model import Model as Model

__getattr__, __dir__ = attach_from(__name__, {"Model": "model"})
