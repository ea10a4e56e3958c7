"""Very many rows block by block: the memory at work stays bounded, and fits into a cache."""

from collections.abc import Iterator


def blocks(n: int, size: int) -> Iterator[slice]:
    """Return slices of at most `size` rows that cover n rows; their lengths differ by one at most."""
    many = max(-(-n // size), 1)

    def block(i: int) -> slice:
        return slice(i * n // many, (i + 1) * n // many)

    return map(block, range(many))  # threads can share it, a generator they could not
