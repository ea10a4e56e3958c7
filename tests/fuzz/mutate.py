"""Mutations of plain data and of bytes."""

from copy import deepcopy
from typing import Any

import numpy as np

from tests.fuzz.harness import one_of

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**63, 10**40, 0.5, -0.0, 1e-320, 1e308, float("inf"), float("nan"), "", " ", "x",
    "auto", "null", "\x00", "\x1b[31m", "\ud800", "é́", "9" * 400, "x" * 3000, [], [None], [[]], {}, {"kind": "x"},
    {"": 1}, ["a"] * 2000,
)  # fmt: skip
PIECES = (
    b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b",", b'"', b"\n", b"\r", b"&a", b"*a", b"<<: ", b"!!", b"[", b"{", b": ",
    b"1e999",
)  # fmt: skip


def places(data: Any) -> list[tuple[Any, Any]]:
    """Return each place in plain data: what holds it, and its key or index."""
    found, level = [], [data]
    while level:
        each = level.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        for key in keys:
            found.append((each, key))
            level.append(each[key])
    return found


def mutated(data: Any, rng: np.random.Generator, most: int = 3) -> Any:
    """Return plain data with up to so many places changed."""
    data = deepcopy(data)
    for _ in range(int(rng.integers(1, most + 1))):
        at = places(data)
        if not at:
            return one_of(rng, ODD)
        holder, key = one_of(rng, at)
        match int(rng.integers(6)):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[one_of(rng, ("x", "kind", "", "\x00", "base", "y" * 500))] = holder[key]
            case 2:
                source, name = one_of(rng, at)
                holder[key] = deepcopy(source[name]) if name in source or isinstance(source, list) else None
            case 3 if isinstance(holder[key], int | float):
                holder[key] = holder[key] * one_of(rng, (-1, 0, 2, 0.5, 10**20)) if abs(holder[key]) < 1e200 else 0
            case 4 if isinstance(holder[key], list):
                holder[key] = holder[key] * int(rng.integers(3))
            case _:
                holder[key] = deepcopy(one_of(rng, ODD))
    return data


def damaged(raw: bytes, rng: np.random.Generator, most: int = 4) -> bytes:
    """Return bytes with up to so many pieces flipped, cut, doubled or put in."""
    for _ in range(int(rng.integers(1, most + 1))):
        at, other = sorted(rng.integers(0, len(raw) + 1, 2).tolist())
        match int(rng.integers(5)):
            case 0 if at < len(raw):
                raw = raw[:at] + bytes([raw[at] ^ 1 << int(rng.integers(8))]) + raw[at + 1 :]
            case 1:
                raw = raw[:at] + raw[min(other, at + 40) :]
            case 2:
                raw = raw[:other] + raw[at : min(other, at + 200)] + raw[other:]
            case 3:
                raw = raw[:at] + one_of(rng, PIECES) + raw[at:]
            case _:
                raw = raw[:other] if rng.random() < 0.3 else raw
    return raw
