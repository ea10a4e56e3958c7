"""Families whose y is a vector."""
