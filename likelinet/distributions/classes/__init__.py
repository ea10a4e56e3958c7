"""Families of classes."""
