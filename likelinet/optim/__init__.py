"""Optimisers as pure functions over one flat vector of weights, each with one in-place form for NumPy."""
