"""Wrappers nested two deep, drawn at random: losses and gradients at any raw outputs, and against differences."""

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from likelinet.core.wording import snake_case
from likelinet.distributions.rooms import ROOMS, families
from likelinet.heads.head import Head
from tests.differences import assert_gradients, central
from tests.examples import at_least
from tests.families.declared import as_seen, declared, head_of

KINDS = {snake_case(c.__name__): c for room in ROOMS for c in families(room) if c.y == "number"}
LEAVES = list(KINDS)
# The number of trials is no parameter to learn; one of tau rounds to 1 where the link saturates.
FIXED = {kind: {p.name: 9.0 for p in c.parameters if not p.learned} for kind, c in KINDS.items()}
FIXED["asymmetric_laplace"] = {"tau": 0.7}


@st.composite
def nestings(draw: st.DrawFn, leaves: list[str], depth: int) -> dict[str, Any]:
    """Draw a family of wrappers around a leaf."""
    kind = draw(st.sampled_from(leaves))
    family: dict[str, Any] = {"kind": kind, **FIXED[kind]}
    for level in range(depth):
        config = declared(family)
        support = head_of(config).family.support
        start, room = max(support.low, 0.0), 4.0 if support.integer else 1.0
        wrappers = ["mixture"]
        wrappers += ["truncated"] if not support.integer or support.high >= start + room else []
        wrappers += ["zero_inflated"] if not config.with_zeros else []
        wrappers += ["hurdle"] if not config.with_zeros and not (support.integer and support.low < 0.0) else []
        wrappers += ["discretised", "transformed"] if config.is_continuous else []
        wrappers += ["censored"] if level == depth - 1 else []
        wrapper = {"kind": draw(st.sampled_from(wrappers)), "base": family}
        match wrapper["kind"]:
            case "mixture":
                wrapper["components"] = 2
            case "truncated":
                room = min(room, support.high - start)
                first, second = start + 0.25 * room, start + 0.75 * room
                wrapper |= draw(st.sampled_from([{"low": first}, {"high": second}, {"low": first, "high": second}]))
            case "transformed":
                wrapper |= draw(
                    st.sampled_from([{"transform": "log"}, {"transform": "logit"}, {"loc": -1.0, "scale": 2.0}])
                )
        family = wrapper
    return family


def trained(family: dict[str, Any]) -> Head:
    """Return the head as training has it, with floors under the scales."""
    head = head_of(declared(family))
    return head.standardised(np.zeros(()), np.ones(()), np.ones(()))


@st.composite
def values(draw: st.DrawFn, head: Head) -> np.ndarray:
    """Draw some y in the support, in the form of the loss."""
    support, shape = head.family.support, (1, 1)
    low, high = max(support.low, -8.0), min(support.high, 8.0)
    number = st.integers(int(low), int(high)).map(float) if support.integer else st.floats(low, high)
    number = number.map(lambda v: round(v, 6))
    y = draw(st.one_of(number, st.just(0.0)) if support.contains(np.zeros(())) else number)
    d = head.distribution(np.zeros((1, 1, head.predicted)), np.zeros((1, head.shared)))
    if type(head.family).__name__ != "CensoredFamily":
        assume(support.contains(np.asarray(y)) and np.isfinite(d.log_prob(np.full(shape, y))).all())
        return np.full(shape, y)
    upper = draw(st.one_of(st.just(y), number.map(lambda v: max(v, y)), st.just(np.inf)))
    lower = draw(st.sampled_from([y, -np.inf])) if upper < np.inf else y
    seen = np.array([[[lower, upper]]])
    assume(lower != upper or support.contains(np.asarray(y)))
    assume(np.isfinite(d.log_prob(as_seen(head, seen))).all())
    return seen


def run(head: Head, raw: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):  # as the engines do
        loss, backward = head.loss(raw[None, None], np.zeros((1, 0)), y)
        return loss[0], backward(np.ones((1, 1)))[0][0, 0]


@at_least(150)
@given(nestings(LEAVES, 2).flatmap(lambda f: st.tuples(st.just(f), values(trained(f)))), st.data())
def test_never_nan_at_any_raw_outputs(drawn, data):
    family, y = drawn
    head = trained(family)
    number = st.floats(-50.0, 50.0, width=32)
    raw = np.array(data.draw(st.lists(number, min_size=head.predicted, max_size=head.predicted)))
    loss, gradient = run(head, raw, y)
    assert not np.isnan(loss).any()
    assert not np.isnan(gradient).any()
    assert np.isfinite(gradient).all() or np.abs(loss) > 1e30


@at_least(100)
@given(nestings(LEAVES, 2).flatmap(lambda f: st.tuples(st.just(f), values(trained(f)))), st.integers(0, 1000))
def test_gradients_and_values_at_moderate_raw_outputs(drawn, seed):
    family, y = drawn
    head = trained(family)
    raw = np.random.default_rng(seed).uniform(-3.0, 3.0, head.predicted)
    loss, gradient = run(head, raw, y)
    assert np.isfinite(loss).all()
    d = head.distribution(raw[None, None], np.zeros((1, 0)))
    np.testing.assert_allclose(loss, d.nll(as_seen(head, y))[0], rtol=1e-9, atol=1e-9)

    def moved(i):
        def at(value):
            new = raw.copy()
            new[i] = value
            return run(head, new, y)[0][0]

        return central(at, raw[i], 3e-4)

    want = np.array([moved(i) for i in range(len(raw))])
    assert_gradients([gradient], [want])
