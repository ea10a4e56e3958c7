"""The median rule, by hand."""

import math
import statistics

import numpy as np
import pytest

from likelinet.selection.pruning import RUNGS, Looks, Pruned, bars
from likelinet.training.history import Epoch

RNG = np.random.default_rng(0)


def look(
    looks: Looks, epoch: int, nll: list[float], members: list[int] | None = None, group: int | None = None
) -> None:
    looks(Epoch(epoch, 100, nll, nll, list(range(len(nll))) if members is None else members, 0.1, 0.0, group))


def test_sums_are_of_the_best_of_each_member_and_of_all_fits():
    looks = Looks()
    looks.begin()
    for epoch in range(1, 11):
        look(looks, epoch, [10.0 - epoch, 5.0 + epoch])  # the second one never gets better
    look(looks, 11, [math.nan], [0])  # and has stopped
    assert RUNGS[:4] == (8, 10, 12, 16)
    assert looks.sums == [[(2.0 + 6.0) / 2, (0.0 + 6.0) / 2]]
    looks.begin()
    for epoch in range(1, 9):
        look(looks, epoch, [float(epoch)])
    assert looks.sums[1] == [3.0 + 1.0]


def test_groups_are_fits_of_their_own():
    looks = Looks()
    looks.begin()
    for group, nll in ((0, 1.0), (1, 2.0)):
        for epoch in range(1, 9):
            look(looks, epoch, [nll], [group], group)
    assert looks.sums == [[1.0], [3.0]]


def test_above_the_bar_it_is_given_up_and_at_the_bar_it_is_not():
    for bar, given_up in ((1.0, False), (0.999, True)):
        looks = Looks([[bar] * len(RUNGS)])
        looks.begin()
        for epoch in range(1, 8):
            look(looks, epoch, [1.0])
        if given_up:
            with pytest.raises(Pruned):
                look(looks, 8, [1.0])
        else:
            look(looks, 8, [1.0])


def test_without_validation_nothing_is_given_up():
    looks = Looks([[-math.inf] * len(RUNGS)])
    looks.begin()
    for epoch in range(1, 99):
        looks(Epoch(epoch, 99, [1.0], None, [0], 0.1, 0.0))
    assert looks.sums == [[]]


def test_bars_are_medians_of_what_was_reached():
    sums = [RNG.normal(size=(2, len(RUNGS))).tolist() for _ in range(7)]
    found = bars(sums, [False] * 7)
    for fit in range(2):
        for rung in range(len(RUNGS)):
            assert found[fit][rung] == statistics.median(own[fit][rung] for own in sums)


def test_what_was_given_up_is_worse_from_then_on_and_what_ended_early_stays():
    sums = [[[5.0], [6.0]], [[4.0, 2.0], [5.0]], [[9.0]], [[8.0, 7.0]], [[1.0], [1.0]]]
    first, second = bars(sums, [False, False, True, True, False])
    assert first[:3] == [5.0, 5.0, 5.0]  # of 5 4 9 8 1, then 5 2 inf 7 1, then 5 2 inf inf 1
    assert second[0] == 6.0  # of 6 5 inf inf 1


def test_fewer_than_five_say_nothing():
    assert bars([[[1.0]]] * 4, [False] * 4) == []
    assert bars([[[]]] * 5, [False] * 5) == [[math.inf] * len(RUNGS)]
