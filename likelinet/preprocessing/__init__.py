"""From tables to arrays: reading, scaling of inputs and targets, and the exact way back."""
