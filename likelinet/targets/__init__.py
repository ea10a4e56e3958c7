"""Targets: y as a user has it, and the numbers that the loss sees."""
