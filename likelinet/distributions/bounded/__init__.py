"""Families on the unit interval and the circle."""
