"""The JAX engine: the same pure formulas, many steps in one compiled call, with the data on the device.

The only module that imports jax; `build_engine` imports it where a config asks for it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import enable_x64, lax  # jax 0.8 and later
from jax.experimental.compilation_cache.compilation_cache import reset_cache

from likelinet.core.arrays import Array
from likelinet.core.errors import ConfigError, UndefinedError
from likelinet.engines.code_cache import code_kept_on_disk
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Run, Task, first_to_fail
from likelinet.engines.pieces import Piece, blocks_of, groups, one_ahead, pieces, steps_in_a_call
from likelinet.engines.threads import workers
from likelinet.networks.noise import uniform
from likelinet.objective.objective import Objective
from likelinet.optim.clipping import clip
from likelinet.optim.optimiser import Optimiser


class Table(NamedTuple):
    """What stays as it is during a run: arguments of the compiled code, which other numbers leave valid.

    `x`, `columns` and `y` are all rows of the data, `keys` (M, 2) the seeds of dropout.
    """

    x: Array
    columns: Array | None
    y: Array
    keys: Array


class Carry(NamedTuple):
    """Where training stands.

    `theta` (M, P) and the optimiser's `state`, without its step; `step` counts the steps done.
    """

    theta: Any
    state: Any
    step: Any


class Launched(NamedTuple):
    """A call for a group of members that the device may not yet have done.

    `theta`, `losses` and `held_out`, the parts of the held-out NLL, are its results; `again(count)` does its first
    steps once more, and returns what `train` does.
    """

    group: np.ndarray
    theta: Any
    losses: Any
    held_out: list
    again: Callable[[np.int32], tuple[Carry, Array]]


@dataclass(frozen=True)
class Rates:
    """The learning rates of the steps of one call, of which `first` is the first, indexed as those of all steps are."""

    rates: Array
    first: Array

    def __getitem__(self, step: Array) -> Array:
        return self.rates[step - self.first]


class JaxEngine(Engine):
    """Runs training with JAX, on its default device.

    Parameters
    ----------
    options : dict, optional
        Options of the XLA compiler.
    at_once : int, optional
        How many calls the members are spread over at least, which the device may run side by side; the members of a
        call are one stacked array. By default one on accelerators, and one for each core of a processor.
    """

    name = "jax"

    def __init__(self, options: dict[str, Any] | None = None, at_once: int | None = None) -> None:
        self._options = options
        self._at_once = at_once or (workers() if jax.default_backend() == "cpu" else 1)

    def start(self, task: Task, theta: np.ndarray) -> "JaxRun":
        return JaxRun(task, theta, self._options, self._at_once)


class JaxRun(Run):
    """A run that works one call ahead of what it has yielded, so that the device never waits for Python."""

    def __init__(self, task: Task, theta: np.ndarray, options: dict[str, Any] | None, at_once: int) -> None:
        self._objective, self._data, optimiser = task.objective, task.data, task.optimiser
        self._check = task.check
        compiled = partial(jax.jit, compiler_options=options)
        self._train = compiled(partial(train, self._objective, optimiser, task.gradient_clip))
        self._value = compiled(partial(value, self._objective))
        self._ready: set[Any] = set()  # the functions that are compiled
        self._groups = groups(len(theta), at_once)
        self._kept, self._alive = np.array(theta), np.ones(len(theta), dtype=bool)
        self._size = 0  # steps in one call, known from the first epoch on
        self._rates, self._step = optimiser.rates, 0  # of the next step to be launched
        keys = [np.stack([task.noise[m].integers(2**32, size=2, dtype=np.uint32) for m in g]) for g in self._groups]
        parts = [self._kept[g] for g in self._groups]
        with enable_x64(True):
            x, columns, y = jax.device_put((self._data.x, self._data.columns, self._data.y))
            self._tables = [Table(x, columns, y, k) for k in jax.device_put(keys)]
            begin = [Carry(t, optimiser.init(t)._replace(step=None), np.int32(0)) for t in parts]
            self._carries = jax.tree.map(partial(jnp.array, copy=True), begin)  # `_kept` is written to
            self._held_out = [jax.device_put(blocks_of(task.held_out[g], self._data.weight)) for g in self._groups]

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        losses, held_out = [], 0.0
        for each, piece, launched in one_ahead(self._launched(batches)):
            self._check()
            done = self._collect(each, piece, launched)
            losses.append(done[0])
            held_out = held_out + done[1]
            if piece.last:
                yield Outcome(each, np.concatenate(losses), held_out, self.weights())  # type: ignore[arg-type]
                losses, held_out = [], 0.0

    def _launched(self, batches: Iterator[Batches]) -> Iterator[tuple[Batches, Piece, list[Launched]]]:
        """Yield every piece of work with its results, which the device has yet to compute."""
        for each in batches:
            steps, weights = len(each.rows), self._kept.size
            self._size = self._size or steps_in_a_call(steps, each.rows.shape[2], weights)
            for piece in pieces(steps, self._size, len(self._held_out[0]), weights):
                cut = slice(piece.steps.start, piece.steps.stop)
                rows, share = each.rows[cut].astype(np.int32), each.share[cut]
                rates = np.asarray(self._rates[self._step : self._step + len(rows)])
                self._step += len(rows)
                if len(rows) < self._size:
                    fill = ((0, self._size - len(rows)), (0, 0), (0, 0))
                    rows, share, rates = np.pad(rows, fill), np.pad(share, fill), np.pad(rates, fill[0])
                yield each, piece, [self._launch(i, rows, share, rates, piece) for i in self._training()]

    def _training(self) -> list[int]:
        """Return the groups in which someone trains."""
        return [i for i, group in enumerate(self._groups) if self._alive[group].any()]

    def _launch(self, i: int, rows: np.ndarray, share: np.ndarray, rates: np.ndarray, piece: Piece) -> Launched:
        """Start a piece of work for a group."""
        group, table = self._groups[i], self._tables[i]
        again = partial(self._call, self._train, self._carries[i], table, rows[:, group], share[:, group], rates)
        self._carries[i], losses = again(np.int32(len(piece.steps)))
        theta, blocks = self._carries[i].theta, self._held_out[i][piece.blocks.start : piece.blocks.stop]
        return Launched(group, theta, losses, [self._call(self._value, theta, table, *b) for b in blocks], again)

    def _call(self, function: Any, *arguments: Any) -> Any:
        with enable_x64(True):
            if function in self._ready:
                return function(*arguments)
            self._ready.add(function)
            try:
                with code_kept_on_disk(jax.config, reset_cache):
                    return function(*arguments)
            except Exception as error:
                if (reason := inexpressible(self._objective, self._data)) is None:
                    raise
                raise reason from error

    def _collect(self, batches: Batches, piece: Piece, launched: list[Launched]) -> tuple[np.ndarray, np.ndarray]:
        """Wait for a piece; return its losses (steps, M) and its part of the held-out NLL."""
        members = len(self._kept)
        losses, held_out = np.full((len(piece.steps), members), np.nan), np.zeros(members)
        for each in launched:
            losses[:, each.group] = np.asarray(each.losses)[: len(piece.steps)]
            held_out[each.group] = sum(map(np.asarray, each.held_out))
            self._kept[each.group] = each.theta
        failed = ~np.isfinite(losses) & self._alive
        if failed.any():
            step = int(failed.any(1).argmax())
            for each in launched:  # the weights before that step, which nobody has kept
                self._kept[each.group] = each.again(np.int32(step))[0].theta
            at = piece.steps.start + step
            rows, params = batches.rows[at][failed[step]], self._objective.layout.views(self._kept[failed[step]])
            raise Diverged(at, first_to_fail(self._objective, params, *self._data.at(rows)))
        return losses, held_out

    def stop(self, members: np.ndarray) -> None:
        self._alive[members] = False

    def weights(self) -> np.ndarray:
        return self._kept.copy()

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        size = self._held_out[0][0][0].shape[1] if self._held_out[0] else 0
        total = np.zeros(len(theta))
        for group, table in zip(self._groups, self._tables, strict=True):
            for block in blocks_of(rows[group], self._data.weight, size):
                total[group] += np.asarray(self._call(self._value, theta[group], table, *block))
        return total


def train(
    objective: Objective,
    optimiser: Optimiser,
    limit: float | None,
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
    rules = [optimiser.alone(Rates(rates, carry.step), w.decayed) for w in layout.weights]
    structure, last = jax.tree.structure(carry.state), carry.step + count

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
        at = step - carry.step
        noise = tuple(uniform(table.keys, step, i, (rows.shape[2], w), dtype) for i, w in enumerate(widths))
        row, weight = (lax.dynamic_index_in_dim(a, at, keepdims=False) for a in (rows, share))
        loss, backward = objective(params, noise, *_take(table, row), weight, step)
        grads = backward()
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


def value(objective: Objective, theta: Array, table: Array, rows: Array, weight: Array) -> Array:
    """Return Σ weight · nll over rows (M, n) at the weights theta (M, P), shape (M,).

    Compiled by itself: in one program with the steps it would slow these down by half.
    """
    return objective(objective.layout.views(theta), (), *_take(table, rows), weight)[0]


def _take(table: Table, rows: Array) -> tuple[Array, Array | None, Array]:
    """Return x, columns and y of some rows."""
    return jax.tree.map(lambda a: a.at[rows].get(mode="promise_in_bounds"), (table.x, table.columns, table.y))


def inexpressible(objective: Objective, data: Data) -> Exception | None:
    """Return why JAX cannot compute the loss of a family and its gradient, or None; nothing is computed for it."""

    def loss(raw: Array, shared: Array, columns: Array | None, y: Array) -> Any:
        values, backward = head.loss(raw, shared, y, columns)
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
