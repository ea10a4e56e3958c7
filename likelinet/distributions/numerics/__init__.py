"""Numerical methods that distributions share."""
