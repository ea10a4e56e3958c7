"""From the config of an optimiser to its rule and learning rates."""

from typing import assert_never

from likelinet.config import (
    AdamConfig,
    AdamWConfig,
    ConstantConfig,
    CosineConfig,
    HoldThenAnnealConfig,
    LBFGSConfig,
    SGDConfig,
    StepConfig,
)
from likelinet.config.training import OptimizerConfig, ScheduleConfig
from likelinet.objective.layout import Layout
from likelinet.optim import schedules
from likelinet.optim.adam import Adam
from likelinet.optim.apart import ScalesApart, scales_apart
from likelinet.optim.averaged import Averaged
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD


def build_optimiser(
    config: OptimizerConfig,
    schedule: ScheduleConfig | None,
    steps: int,
    layout: Layout,
    average: float | None = None,
    scales: ScalesApart | None = None,
) -> Optimiser:
    """Return the optimiser with the learning rates of all steps.

    Parameters
    ----------
    config, schedule : OptimizerConfig and ScheduleConfig
        The declaration; None keeps the rate constant.
    steps : int
        How many there are.
    layout : Layout
        Of the weights.
    average : float, optional
        Decay of a mean of the weights.
    scales : ScalesApart, optional
        Which outputs are scales, and what becomes of the weights that feed them.
    """
    rule = _rule(config, schedule, steps, layout)
    if scales is not None:
        rule = scales_apart(rule, layout, scales, config.weight_decay if isinstance(config, AdamWConfig) else 0.0)
    return rule if average is None else Averaged(rule, average)


def _rule(config: OptimizerConfig, schedule: ScheduleConfig | None, steps: int, layout: Layout) -> Optimiser:
    match config:
        case AdamWConfig():
            return Adam(_rates(schedule, config.learning_rate, steps), config.weight_decay, layout.decayed)
        case AdamConfig():
            return Adam(_rates(schedule, config.learning_rate, steps))
        case SGDConfig():
            return SGD(_rates(schedule, config.learning_rate, steps), config.momentum, config.nesterov)
        case LBFGSConfig():
            raise TypeError("L-BFGS takes no steps of its own: see engines.lbfgs.")
        case _:
            assert_never(config)


def _rates(schedule: ScheduleConfig | None, rate: float, steps: int) -> schedules.Schedule:
    match schedule:
        case None:
            return schedules.constant(rate, steps)
        case ConstantConfig():
            rates = schedules.constant(rate, steps)
        case StepConfig():
            rates = schedules.step_decay(rate, steps, schedule.every, schedule.factor)
        case CosineConfig():
            rates = schedules.cosine(rate, steps)
        case HoldThenAnnealConfig():
            return schedules.warmed_up(schedules.constant(rate, steps), schedule.warmup / steps)
        case _:
            assert_never(schedule)
    return schedules.warmed_up(rates, schedule.warmup)
