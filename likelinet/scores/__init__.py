"""Scores of predicted distributions against what was observed."""

from likelinet.scores.calibration import covered, d_calibration, pit, pit_cdf, pit_shares
from likelinet.scores.concordance_index import concordance
from likelinet.scores.discrimination import average_precision, roc_auc, roc_auc_macro
from likelinet.scores.metrics import calibration_error, class_probabilities, crps, evaluate, r_squared
from likelinet.scores.skill import skill
from likelinet.scores.stacking import stacked_weights
from likelinet.scores.survival import evaluate_censored, integrated_brier, kaplan_meier

__all__ = [
    "average_precision",
    "calibration_error",
    "class_probabilities",
    "concordance",
    "covered",
    "crps",
    "d_calibration",
    "evaluate",
    "evaluate_censored",
    "integrated_brier",
    "kaplan_meier",
    "pit",
    "pit_cdf",
    "pit_shares",
    "r_squared",
    "roc_auc",
    "roc_auc_macro",
    "skill",
    "stacked_weights",
]
