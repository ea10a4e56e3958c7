"""Arrays whose memory is used again."""

import numpy as np

from likelinet.core.reused import Reused


def test_memory_is_used_again_once_nobody_holds_the_array_or_a_view_of_it():
    room = Reused(lambda: np.zeros((4, 3), np.float32), 2)
    first = room.array()
    first[:] = 7.0
    views = [first.T, first[1:], first.ravel(), first[:2].T[1:]]
    del first
    while views:
        other = room.array()
        assert not other.any()
        assert not any(np.shares_memory(other, view) for view in views)
        del other  # which is the one that comes again next
        views.pop()
    one, other = room.array(), room.array()
    assert [one.max(), other.max()] == [7.0, 0.0]


def test_an_array_has_what_was_last_written_to_it():
    room = Reused(lambda: np.zeros(3), 2)
    room.array()[:] = 1.0, 2.0, 3.0
    again, other = room.array(), room.array()
    np.testing.assert_array_equal(again, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(other, np.zeros(3))


def test_memory_is_kept_of_so_many_arrays():
    room = Reused(lambda: np.zeros(3), 2)
    arrays = [room.array() for _ in range(3)]
    for i in range(3):
        arrays[i][:] = i + 1
    for _ in range(3):  # the first one is given back
        del arrays[0]
    assert [int(room.array()[0]) for _ in range(2)] == [3, 3]
    assert sorted(int(array[0]) for array in (room.array(), room.array(), room.array())) == [0, 2, 3]
