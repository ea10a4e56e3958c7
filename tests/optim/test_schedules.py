"""Learning-rate schedules against their closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likelinet.config import ConstantConfig, CosineConfig, SGDConfig, StepConfig
from likelinet.networks.layer import Weight
from likelinet.objective.layout import Layout
from likelinet.optim import schedules
from likelinet.optim.build import build_optimiser

steps = st.integers(1, 200)


@given(n=steps)
def test_constant(n):
    np.testing.assert_array_equal(schedules.constant(0.3, n)[:], [0.3] * n)


@given(n=steps)
def test_cosine_is_half_a_cosine(n):
    got = schedules.cosine(0.3, n)[:]
    # cos² of the half angle: the same curve by another identity.
    np.testing.assert_allclose(got, [0.3 * np.cos(np.pi * t / (2 * n)) ** 2 for t in range(n)], rtol=1e-10)
    assert got[0] == 0.3
    assert (np.diff(got) < 0.0).all()
    assert got[-1] > 0.0


@pytest.mark.parametrize(
    ("n", "every", "powers"),
    [
        (10, 0.3, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]),
        (4, 0.5, [0, 0, 1, 1]),
        (5, 1.0, [0] * 5),
        (3, 0.1, [0, 1, 2]),  # never more often than at every step
    ],
)
def test_step_decay_falls_at_regular_points(n, every, powers):
    np.testing.assert_allclose(
        schedules.step_decay(0.3, n, every, 0.1)[:], 0.3 * 0.1 ** np.array(powers, float), rtol=1e-13
    )


@given(n=steps, fraction=st.floats(0.0, 0.99))
def test_warm_up_rises_linearly_and_then_leaves_the_rates_alone(n, fraction):
    rates = np.linspace(1.0, 2.0, n)
    got = schedules.warmed_up(schedules.Schedule(n, lambda step: rates[step]), fraction)[:]
    up = round(fraction * n)
    np.testing.assert_allclose(got[:up], rates[:up] * np.arange(1, up + 1) / max(up, 1), rtol=1e-13)
    np.testing.assert_array_equal(got[up:], rates[up:])
    assert (got > 0.0).all()


@pytest.mark.parametrize(
    ("config", "want"),
    [
        (None, [0.1] * 8),
        (ConstantConfig(), [0.1] * 8),
        (ConstantConfig(warmup=0.5), [0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1]),
        (StepConfig(every=0.5, factor=0.5), [0.1] * 4 + [0.05] * 4),
        (CosineConfig(warmup=0.25), schedules.cosine(0.1, 8)[:] * [0.5, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
def test_what_a_config_asks_for(config, want):
    optimiser = build_optimiser(SGDConfig(learning_rate=0.1), config, 8, Layout((Weight((2,)),)))
    np.testing.assert_allclose(optimiser.rates[:], want, rtol=1e-13)


@given(n=st.integers(1, 3 * schedules.RATES_AT_ONCE), at=st.data())
def test_single_rates_are_those_of_the_whole(n, at):
    rates = schedules.warmed_up(schedules.cosine(0.1, n), 0.1)
    step = at.draw(st.integers(0, n - 1))
    assert rates[step] == rates[:][step] == rates[step : step + 1][0]
    assert len(rates) == len(rates[:]) == n
    with pytest.raises(IndexError):
        rates[n]


def test_a_billion_steps_take_no_memory():
    rates = schedules.warmed_up(schedules.step_decay(0.1, 10**9, 0.25, 0.5), 0.5)
    np.testing.assert_allclose([rates[0], rates[249_999_999], rates[10**9 - 1]], [2e-10, 0.05, 0.0125], rtol=1e-13)
