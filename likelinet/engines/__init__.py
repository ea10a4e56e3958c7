"""Engines: what runs the training steps. NumPy is the default; a compiled engine takes the same seam."""
