"""Distributions over other distributions."""
