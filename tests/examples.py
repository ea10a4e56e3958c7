"""How many examples a test draws that needs more than others."""

from hypothesis import settings


def at_least(examples: int) -> settings:
    """Return settings with this many examples, or with those of the profile in use if it has more."""
    return settings(max_examples=max(examples, settings.default.max_examples))
