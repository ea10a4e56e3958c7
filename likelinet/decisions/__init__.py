"""Decisions by predicted distributions: what actions cost once y is known, for `likelinet.decide` and `Model.decide`."""

from likelinet.decisions.losses import Absolute, Costs, Loss, Newsvendor, Squared, Threshold

__all__ = ["Absolute", "Costs", "Loss", "Newsvendor", "Squared", "Threshold"]
