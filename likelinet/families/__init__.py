"""Families: which distribution, which link per parameter, and where each parameter comes from."""
