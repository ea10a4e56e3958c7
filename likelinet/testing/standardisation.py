"""Whether locations, scales and rates are what they are called."""

import numpy as np

from likelinet.distributions import Distribution
from likelinet.testing.rows import fail


def check_roles(d: Distribution, y: np.ndarray) -> None:
    """Check that a location, scale or rate moves y as its role says, by which predictions get the user's units."""
    roles = {p.role for p in d.parameters}
    open_ended = d.support.low in (0.0, -np.inf) and d.support.high in (0.0, np.inf)
    if d.support.integer or not open_ended or not roles & {"scale", "rate", "log_location"}:
        return
    c = 3.0
    moves = {"location": lambda v, k: c * v, "log_location": lambda v, k: v + np.log(c)}

    def off(k: float) -> float:
        """Return by how much log p(c y) + log c differs from log p(y), with scales c^k times as large."""
        moved = {
            p.name: moves.get(p.role, lambda v, k: v)(getattr(d, p.name), k)
            if p.role not in ("scale", "rate")
            else getattr(d, p.name) * c ** (k if p.role == "scale" else -k)
            for p in d.parameters
        }
        with np.errstate(all="ignore"):
            gap = np.abs(type(d)(**moved).log_prob(c * y) + np.log(c) - d.log_prob(y))
        return float(np.nan_to_num(gap, nan=np.inf).max())

    names = " and ".join(p.name for p in d.parameters if p.role in ("scale", "rate", "log_location"))
    if off(1.0) > 1e-6:
        role = "scale" if "scale" in roles else "rate" if "rate" in roles else "log_location"
        like = {
            2.0: "a variance: use its square root, since a scale grows in proportion to y",
            -2.0: "a precision, one over a variance: use a scale, which grows in proportion to y",
            -1.0: "a rate: its role is 'rate'" if role == "scale" else "a scale: its role is 'scale'",
            0.0: "a shape: its role is 'shape'",
        }
        found = [words for k, words in like.items() if off(k) < 1e-6]
        if found and role != "log_location":
            fail(d, f"{names} is called a {role} but behaves as {found[0]}.")
        fail(
            d,
            f"{names} does not behave as a {role}: where y is {c:g} times as large, log_prob must be that of y less "
            f"log {c:g}. Correct log_prob, or leave the role at 'shape'.",
        )
    if "location" in roles and d.support.low == -np.inf:
        shifted = {p.name: getattr(d, p.name) + (c if p.role == "location" else 0.0) for p in d.parameters}
        if not np.allclose(type(d)(**shifted).log_prob(y + c), d.log_prob(y), rtol=1e-6, atol=1e-6):
            name = next(p.name for p in d.parameters if p.role == "location")
            fail(d, f"{name} is called a location, but log_prob changes when y and {name} grow by the same amount.")
