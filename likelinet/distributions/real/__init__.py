"""Families on the real line."""
