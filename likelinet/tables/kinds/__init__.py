"""Kinds of columns: how each becomes inputs of the network, as learned from the training rows."""
