"""Heads: distributions whose parameters are open, with a source and a link for each."""
