"""Which rows train and which validate, and the minibatches of an epoch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from likelinet.training.minibatches import batches, split

members = st.integers(1, 3)
tables = st.integers(2, 60)


def rngs(m: int, seed: int = 0) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, i]) for i in range(m)]


@given(n=tables, fraction=st.floats(0.0, 0.999), m=members)
def test_split_gives_every_row_one_part(n, fraction, m):
    train, held = split(n, fraction, rngs(m))
    wanted = round(fraction * n)
    assert held.shape == (m, min(wanted, n - 2))
    for member in range(m):
        np.testing.assert_array_equal(np.sort(np.concatenate([train[member], held[member]])), np.arange(n))


def test_each_member_has_a_split_of_its_own_that_does_not_depend_on_the_others():
    train, held = split(40, 0.25, rngs(3))
    assert len({tuple(h) for h in held}) == 3
    alone, _ = split(40, 0.25, rngs(1))
    np.testing.assert_array_equal(alone[0], train[0])


def test_every_row_is_held_out_as_often_as_any_other():
    _, held = split(10, 0.3, rngs(4000))
    counts = np.bincount(held.ravel(), minlength=10)
    # Binomial(4000, 0.3): five standard deviations.
    assert np.abs(counts - 1200).max() < 5.0 * (4000 * 0.3 * 0.7) ** 0.5


@given(n=tables, size=st.integers(1, 70), m=members)
def test_an_epoch_has_every_training_row_once(n, size, m):
    rng = np.random.default_rng(n)
    rows = np.stack([rng.permutation(2 * n)[:n] for _ in range(m)])
    weight = rng.uniform(0.5, 1.5, 2 * n)
    epoch = batches(rows, weight, size, rngs(m))
    steps = -(-n // size)
    assert epoch.rows.shape == epoch.share.shape == (steps, m, size)
    for member in range(m):
        flat, share = epoch.rows[:, member].ravel(), epoch.share[:, member].ravel()
        np.testing.assert_array_equal(np.sort(flat[:n]), np.sort(rows[member]))
        np.testing.assert_array_equal(share[:n], weight[flat[:n]] / size)
        assert not share[n:].any()
        assert ((flat >= 0) & (flat < 2 * n)).all()


def test_the_order_is_new_in_every_epoch_and_for_every_member():
    rows, streams = np.tile(np.arange(30), (2, 1)), rngs(2)
    first, second = (batches(rows, np.ones(30), 30, streams).rows[0] for _ in range(2))
    assert len({tuple(order) for order in (*first, *second)}) == 4


def test_shares_keep_the_precision_of_the_weights():
    for dtype in (np.float32, np.float64):
        assert batches(np.arange(5)[None], np.ones(5, dtype), 2, rngs(1)).share.dtype == dtype
