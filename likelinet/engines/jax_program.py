"""What the JAX engine compiles: steps of training, and the NLL of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import enable_x64, lax  # jax 0.8 and later

from likelinet.core.arrays import Array
from likelinet.core.errors import ConfigError, UndefinedError
from likelinet.engines.engine import Data
from likelinet.networks.noise import uniform
from likelinet.objective.objective import Objective
from likelinet.optim.clipping import clip
from likelinet.optim.optimiser import Optimiser

Rows = tuple[Array, Array | None, Array]  # x, columns and y


class Table(NamedTuple):
    """What stays as it is during a run: arguments of the compiled code, which other numbers leave valid.

    `rows` are x, columns and y of all rows of the data, `keys` (M, 2) the seeds of dropout; `before` counts the steps
    that were done before those of the optimiser.
    """

    rows: Any
    keys: Array
    before: Array


class Carry(NamedTuple):
    """Where training stands.

    `theta` (M, P) and the optimiser's `state`, without its step; `step` counts the steps of the optimiser.
    """

    theta: Any
    state: Any
    step: Any


@dataclass(frozen=True)
class Rates:
    """The learning rates of the steps of one call, of which `first` is the first, indexed as those of all steps are."""

    rates: Array
    first: Array

    def __getitem__(self, step: Array) -> Array:
        return self.rates[step - self.first]


def train(
    objective: Objective,
    optimiser: Optimiser,
    limit: float | None,
    over: str | None,
    carry: Carry,
    table: Table,
    rows: Array,
    share: Array,
    rates: Array,
    count: Array,
) -> tuple[Carry, Array]:
    """Do steps of training, whatever the losses are, and return the carry and the losses (steps, M).

    Parameters
    ----------
    objective, optimiser, limit
        As in `Engine.start`; part of the code.
    over : str, optional
        The axis of devices over which the rows of each minibatch are spread, of which this is the program of one.
    carry, table
        Where training stands, and what it is trained on.
    rows, share : Array, shape (steps, M, B)
        The minibatches.
    rates : Array, shape (steps,)
        Their learning rates.
    count : Array
        How many of them to use; no constant, so that an epoch cut short needs no other code.
    """
    layout, widths, dtype = objective.layout, objective.network.noise(), carry.theta.dtype
    rules = [optimiser.alone(Rates(rates, carry.step), layout, i) for i in range(len(layout.weights))]
    structure, last, size = jax.tree.structure(carry.state), carry.step + count, rows.shape[2]
    first = None if over is None else lax.axis_index(over) * size

    # Each weight by itself: a flat vector would be cut up and put together in every step.
    def cut(carry: Carry) -> Carry:
        states = zip(*map(layout.views, jax.tree.leaves(carry.state)), strict=True)
        return carry._replace(theta=layout.views(carry.theta), state=tuple(map(structure.unflatten, states)))

    def join(arrays: Sequence[Array]) -> Array:
        in_order = sorted(range(len(arrays)), key=lambda i: (layout.starts[i], layout.weights[i].size))
        return jnp.concatenate([arrays[i].reshape(rows.shape[1], -1) for i in in_order], axis=1)

    def going_on(state: tuple[Carry, Array]) -> Array:
        return state[0].step < last

    def step(state: tuple[Carry, Array]) -> tuple[Carry, Array]:
        (params, states, step), losses = state
        at, so_far = step - carry.step, table.before + step
        noise = tuple(uniform(table.keys, so_far, i, (size, w), dtype, first) for i, w in enumerate(widths))
        row, weight = (lax.dynamic_index_in_dim(a, at, keepdims=False) for a in (rows, share))
        loss, backward = objective(params, noise, *_take(table.rows, row), weight, so_far)
        grads = backward()
        if over is not None:  # all at once: each collective waits for the network
            total = lax.psum(jnp.concatenate([join(grads), loss[:, None].astype(dtype)], axis=1), over)
            grads, loss = layout.views(total[:, :-1]), total[:, -1]
        if limit is not None:
            grads = clip(grads, limit)
        moved = [
            rule.update(g, s._replace(step=step), p) for rule, g, s, p in zip(rules, grads, states, params, strict=True)
        ]
        params, states = tuple(p for p, _ in moved), tuple(s._replace(step=None) for _, s in moved)
        losses = lax.dynamic_update_index_in_dim(losses, loss.astype(losses.dtype), at, 0)
        return Carry(params, states, step + 1), losses

    begin = cut(carry), jnp.zeros(rows.shape[:2], share.dtype)
    (params, states, done), losses = lax.while_loop(going_on, step, begin)
    leaves = zip(*map(jax.tree.leaves, states), strict=True)
    return Carry(join(params), structure.unflatten(map(join, leaves)), done), losses


def value(objective: Objective, over: str | None, theta: Array, table: Table, rows: Array, weight: Array) -> Array:
    """Return Σ weight · nll over rows (M, n) at the weights theta (M, P), shape (M,).

    Compiled by itself: in one program with the steps it would slow these down by half.
    """
    found = objective(objective.layout.views(theta), (), *_take(table.rows, rows), weight)[0]
    return found if over is None else lax.psum(found, over)


def _take(table: Rows, rows: Array) -> Rows:
    """Return x, columns and y of some rows (M, n)."""
    return jax.tree.map(lambda a: a.at[rows].get(mode="promise_in_bounds"), table)


def inexpressible(objective: Objective, data: Data) -> Exception | None:
    """Return why JAX cannot compute the loss of a family and its gradient, or None; nothing is computed for it."""

    def loss(raw: Array, shared: Array, columns: Array | None, y: Array) -> Any:
        values, backward = objective.criterion(head, raw, shared, y, columns)
        return values, backward(values)

    head = objective.head
    raw, shared = (jax.ShapeDtypeStruct((1, *shape), np.float32) for shape in ((2, head.predicted), (head.shared,)))
    columns, y = jax.tree.map(lambda a: jax.ShapeDtypeStruct((1, 2, *a.shape[1:]), a.dtype), (data.columns, data.y))
    try:
        with enable_x64(True):
            jax.eval_shape(loss, raw, shared, columns, y)
    except UndefinedError as error:
        return error
    except Exception as error:  # a family of the user's may do anything
        return ConfigError(
            f"engine: 'jax' cannot run the family '{head.family.name}' ({_named(error)}): write its log_prob or loss "
            "for the array module of its arguments, as docs/plugins.md shows, or choose the engine 'numpy'."
        )
    return None


def _named(error: Exception) -> str:
    """Return what kind of an error it is, and the first line of what it says."""
    return ": ".join([type(error).__name__, *str(error).splitlines()[:1]])
