"""What every distribution is: the one spelling of its methods, parameters and shapes."""

from typing import TYPE_CHECKING

from likelinet.core.lazy import attach_from

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution as Distribution
    from likelinet.distributions.base.parameter import Backward as Backward
    from likelinet.distributions.base.parameter import Parameter as Parameter
    from likelinet.distributions.base.parameter import TailsBackward as TailsBackward

__getattr__, __dir__ = attach_from(
    __name__,
    {
        "Backward": "parameter",
        "Distribution": "distribution",
        "Parameter": "parameter",
        "TailsBackward": "parameter",
    },
)
