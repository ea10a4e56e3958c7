"""Which family, and which config, predicts rows best that it has not seen."""

from likelinet.selection.comparison import HeldOut, Ranked, compare, ranked
from likelinet.selection.search import Trial
from likelinet.selection.tuning import Tuned

__all__ = ["HeldOut", "Ranked", "Trial", "Tuned", "compare", "ranked"]
