"""Minibatches of a window: each has one row of every stretch, whoever computes which columns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from likelinet.training.stretches import bounds, own, stretched

sizes = st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


def rngs(m: int) -> list[np.random.Generator]:
    return [np.random.default_rng([0, i]) for i in range(m)]


@given(of=sizes)
def test_stretches_are_as_long_as_there_are_steps_or_one_shorter(of):
    n, size = of
    each = np.array_split(np.arange(n), size)
    np.testing.assert_array_equal(bounds(n, size), [*(stretch[0] for stretch in each), n])


@given(of=sizes, parts=st.integers(1, 9))
def test_parts_have_the_rows_of_their_columns(of, parts):
    n, size = of
    columns = np.array_split(np.arange(n), size)
    many = -(-size // parts)
    for part in range(parts):
        want = np.concatenate([[], *columns[part * many : (part + 1) * many]])
        np.testing.assert_array_equal(np.arange(n)[own(n, size, range(part, part + 1), parts)], want)


@given(of=sizes, m=st.integers(1, 3))
def test_an_epoch_has_every_row_once_in_the_column_of_its_stretch(of, m):
    n, size = of
    rng = np.random.default_rng(n)
    rows, weight = np.stack([rng.permutation(2 * n)[:n] for _ in range(m)]), rng.uniform(0.5, 1.5, 2 * n)
    epoch = stretched(rows, weight, size, rngs(m))
    assert epoch.rows.shape == epoch.share.shape == (-(-n // size), m, size)
    for member in range(m):
        for column, stretch in enumerate(np.array_split(rows[member], size)):
            found, share = epoch.rows[:, member, column], epoch.share[:, member, column]
            many = len(stretch)
            np.testing.assert_array_equal(np.sort(found[:many]), np.sort(stretch))
            np.testing.assert_array_equal(share[:many], weight[found[:many]] / size)
            assert not share[many:].any()
            assert {*found} <= {*stretch}  # a process has no others


def test_batches_of_sorted_rows_are_stratified():
    """The mean of a batch of B rows of 0, 1, … n - 1 is off by 1 / B of what B random rows would be off by."""
    n, size = 64_000, 64
    means = stretched(np.arange(n)[None], np.ones(n), size, rngs(1)).rows.mean(axis=(1, 2))
    # The variance of a row within its stretch is (1000² - 1) / 12; that of means of 64 such is a 64th of it.
    np.testing.assert_allclose(means.std(), ((1000**2 - 1) / 12 / size) ** 0.5, rtol=0.15)
    assert np.abs(means - (n - 1) / 2).max() < 5.0 * means.std()


def test_the_order_is_new_in_every_epoch_in_every_column_and_for_every_member():
    rows, streams = np.tile(np.arange(60), (2, 1)), rngs(2)
    columns = [
        stretched(rows, np.ones(60), 3, streams).rows[:, m, c] - 20 * c for _ in "12" for m in (0, 1) for c in range(3)
    ]
    assert len({tuple(order) for order in columns}) == 12


def test_shares_keep_the_precision_of_the_weights():
    for dtype in (np.float32, np.float64):
        assert stretched(np.arange(5)[None], np.ones(5, dtype), 2, rngs(1)).share.dtype == dtype
