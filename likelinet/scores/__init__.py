"""Scores of predicted distributions against what was observed."""
