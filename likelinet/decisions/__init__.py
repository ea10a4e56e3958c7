"""Decisions by predicted distributions: the action of the least expected loss, and what knowing more is worth."""

from likelinet.decisions.bayes import decide
from likelinet.decisions.decision import Decision
from likelinet.decisions.losses import Absolute, Costs, Loss, Newsvendor, Squared, Threshold

__all__ = ["Absolute", "Costs", "Decision", "Loss", "Newsvendor", "Squared", "Threshold", "decide"]
