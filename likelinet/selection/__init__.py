"""Which family predicts rows best that it has not seen."""

from likelinet.selection.comparison import HeldOut, Ranked, compare, ranked

__all__ = ["HeldOut", "Ranked", "compare", "ranked"]
