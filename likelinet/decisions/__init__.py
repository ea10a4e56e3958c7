"""Decisions by predicted distributions: what an action costs once y is known, for `decide` and `Model.decide`."""

from likelinet.decisions.losses import Absolute, Costs, Loss, Newsvendor, Squared, Threshold

__all__ = ["Absolute", "Costs", "Loss", "Newsvendor", "Squared", "Threshold"]
