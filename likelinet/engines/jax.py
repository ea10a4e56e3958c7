"""The JAX engine: the same pure formulas, many steps in one compiled call, with the data on the device.

It and the other modules whose names begin with jax, here and nowhere else, import jax; `build_engine` imports it where
a config asks for it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import enable_x64  # jax 0.8 and later
from jax.experimental.compilation_cache.compilation_cache import reset_cache

from likelinet.core.blas import workers
from likelinet.core.counted import Counted
from likelinet.engines.compilation_cache import keep_compiled
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Run, Task, first_to_fail
from likelinet.engines.jax_placement import MembersSpread, OneDevice, Spread, Stretches
from likelinet.engines.jax_processes import Told, all_devices, lost
from likelinet.engines.jax_program import Carry, Table, inexpressible, train, value
from likelinet.engines.pieces import Piece, blocks_of, groups, one_ahead, pieces, steps_in_a_call

_CACHE = Counted(partial(keep_compiled, jax.config, reset_cache))


class Launched(NamedTuple):
    """A call for a group of members that the device may not yet have done.

    `carry`, `losses` and `held_out`, the parts of the held-out NLL, are its results; `again(count)` does its first
    steps once more, and returns what `train` does. `data` are its rows.
    """

    place: int
    group: np.ndarray
    carry: Carry
    losses: Any
    held_out: list
    again: Callable[[int], tuple[Carry, Any]]
    data: Data


class JaxEngine(Engine):
    """Runs training with JAX, on its default device, or on all that there are.

    Parameters
    ----------
    options : dict, optional
        Options of the XLA compiler.
    at_once : int, optional
        How many calls the members are spread over at least, which the device may run side by side; the members of a
        call are one stacked array. By default one on accelerators and on several devices, and one for each core of a
        processor.
    devices : {"all"}, optional
        Spreads the rows of each minibatch over all devices of all processes, or the members over those of one.
    """

    name = "jax"

    def __init__(
        self, options: dict[str, Any] | None = None, at_once: int | None = None, devices: str | None = None
    ) -> None:
        self._options, self._devices = options, all_devices() if devices == "all" else [None]
        spread = len(self._devices) > 1
        self._at_once = at_once or (workers() if jax.default_backend() == "cpu" and not spread else 1)
        self.together = spread and jax.process_count() > 1

    def start(self, task: Task, theta: np.ndarray) -> "JaxRun":
        return JaxRun(task, theta, self._options, self._at_once, self._place(task, len(theta)), self.together)

    def _place(self, task: Task, members: int) -> OneDevice:
        devices = self._devices
        if len(devices) == 1:
            return OneDevice()
        if task.window is not None:
            return Stretches(devices, *task.window)
        return (Spread if self.together or members % len(devices) else MembersSpread)(devices)


class JaxRun(Run):
    """A run that works one call ahead of what it has yielded, so that the device never waits for Python."""

    def __init__(
        self,
        task: Task,
        theta: np.ndarray,
        options: dict[str, Any] | None,
        at_once: int,
        place: OneDevice,
        together: bool,
    ) -> None:
        assert task.optimiser is not None
        self._objective, self._data, optimiser = task.objective, task.data, task.optimiser
        self._pressed, self._place = task.pressed, place
        self._told = Told() if together else None
        compiled = partial(jax.jit, compiler_options=options)
        self._train = compiled(
            place.training(partial(train, self._objective, optimiser, task.gradient_clip, place.over))
        )
        self._value = compiled(place.evaluation(partial(value, self._objective, place.over)))
        self._ready: set[Any] = set()  # the functions that are compiled
        self._groups = groups(len(theta), at_once)
        theta = theta if self._told is None else self._told.of_first(theta)
        self._kept, self._alive = np.array(theta), np.ones(len(theta), dtype=bool)
        self._size = 0  # steps in one call, known from the first epoch on
        self._optimiser, self._launched_steps, self._steps, self._before = optimiser, 0, 0, 0
        self._keys = np.stack([g.integers(2**32, size=2, dtype=np.uint32) for g in task.noise])
        with enable_x64(True):
            self._rows = place.rows(self._data)
            self._begin(self._kept, optimiser.init(self._kept), 0)
            self._held_out = [
                [place.block(*b) for b in blocks_of(task.held_out[g], self._data.weight)] for g in self._groups
            ]
        blocks = blocks_of(task.held_out[:1], self._data.weight)
        self._block = blocks[0][0].shape[1] if blocks else 0  # rows that are evaluated at a time
        self._hear(self._tell())

    def _begin(self, theta: np.ndarray, state: Any, step: int) -> None:
        """Let every group go on from its part of what is given for all members."""
        carry = Carry(theta, state._replace(step=None), np.int32(step))
        own = [jax.tree.map(lambda a, g=g: a[g] if np.ndim(a) else a, carry) for g in self._groups]
        keys, before = [self._keys[g] for g in self._groups], self._place.fixed(np.int32(self._before))
        self._tables = [Table(self._rows, self._place.of_members(k), before) for k in keys]
        self._carries = [self._place.carry(each) for each in own]  # copies, as `_kept` is written to
        self._done = list(self._carries)  # those of what was yielded

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        losses, held_out = [], np.zeros(len(self._kept))
        for each, piece, launched, told in one_ahead(self._launched(batches)):
            if self._hear(told):
                raise KeyboardInterrupt
            with lost():
                done = self._collect(each, piece, launched)
            self._steps += len(piece.steps)
            losses.append(done[0])
            held_out = held_out + done[1]
            if piece.last:
                rate = float(self._rates(self._steps - 1, self._steps)[0])
                members = np.flatnonzero(self._alive)
                yield Outcome(each, members, np.concatenate(losses), held_out, self.weights(), rate)
                losses, held_out = [], np.zeros(len(self._kept))

    def _launched(self, batches: Iterator[Batches]) -> Iterator[tuple[Batches, Piece, list[Launched], Any]]:
        """Yield every piece of work with its results, which the device has yet to compute, and what is told with it."""
        for each in batches:
            if not self._alive.any():
                return
            weights = self._kept.size
            self._size = self._size or steps_in_a_call(len(each.rows), each.rows.shape[2], weights)
            blocks = len(self._held_out[0]) if each.ends else 0
            for piece in pieces(len(each.part), self._size, blocks, weights):
                part = each.part[piece.steps.start : piece.steps.stop]
                rows, share = each.rows[part.start : part.stop].astype(np.int32), each.share[part.start : part.stop]
                rates = self._rates(self._launched_steps, self._launched_steps + len(rows))
                self._launched_steps += len(rows)
                if len(rows) < self._size:
                    fill = ((0, self._size - len(rows)), (0, 0), (0, 0))
                    rows, share, rates = np.pad(rows, fill), np.pad(share, fill), np.pad(rates, fill[0])
                launched = [self._launch(i, rows, share, rates, piece) for i in self._training()]
                yield each, piece, launched, self._tell()

    def _tell(self) -> Any:
        return None if self._told is None else self._told.tell(self._pressed())

    def _hear(self, told: Any) -> bool:
        """Take note of the time; return whether anyone has pressed Ctrl-C."""
        if self._told is None:
            return self._pressed()
        self._clock, pressed = self._told.hear(told)
        return pressed

    def clock(self) -> float:
        return super().clock() if self._told is None else self._clock

    def interrupted(self) -> bool:
        return self._hear(self._tell())

    def _rates(self, start: int, stop: int) -> np.ndarray:
        return np.asarray(self._optimiser.rates[start:stop])

    def _training(self) -> list[int]:
        """Return the groups in which someone trains."""
        return [i for i, group in enumerate(self._groups) if self._alive[group].any()]

    def _launch(self, i: int, rows: np.ndarray, share: np.ndarray, rates: np.ndarray, piece: Piece) -> Launched:
        """Start a piece of work for a group."""
        group, table, place = self._groups[i], self._tables[i], self._place
        with enable_x64(True):
            batches, fixed = place.batches(rows[:, group], share[:, group]), place.fixed(rates)
        begun = self._carries[i]

        def again(count: int) -> tuple[Carry, Any]:
            return self._call(self._train, begun, table, *batches, fixed, place.fixed(np.int32(count)))

        self._carries[i], losses = again(len(piece.steps))
        carry, blocks = self._carries[i], self._held_out[i][piece.blocks.start : piece.blocks.stop]
        looked_at = self._optimiser.kept(carry.theta, carry.state)
        held_out = [self._call(self._value, looked_at, table, *b) for b in blocks]
        return Launched(i, group, carry, losses, held_out, again, self._data)

    def _call(self, function: Any, *arguments: Any) -> Any:
        with enable_x64(True), lost():
            if function in self._ready:
                return function(*arguments)
            self._ready.add(function)
            try:
                with _CACHE.held():
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
            self._kept[each.group] = self._optimiser.kept(each.carry.theta, each.carry.state)
            self._done[each.place] = each.carry
        failed = ~np.isfinite(losses) & self._alive
        if failed.any():
            step = int(failed.any(1).argmax())
            moved = np.empty_like(self._kept)
            for each in launched:  # the weights before that step, which nobody has kept
                carry = each.again(step)[0]
                moved[each.group] = carry.theta
                self._kept[each.group] = self._optimiser.kept(carry.theta, carry.state)
            at = piece.steps.start + step
            rows, params = (
                batches.rows[batches.part[at]][failed[step]],
                self._objective.layout.views(moved[failed[step]]),
            )
            raise Diverged(at, first_to_fail(self._objective, params, *launched[0].data.at(rows)))
        return losses, held_out

    def stop(self, members: np.ndarray) -> None:
        self._alive[members] = False

    def restart(self, theta: np.ndarray, rates: Any) -> None:
        self._before += self._steps
        self._kept, self._optimiser = np.array(theta), self._optimiser.by(rates)
        self._steps = self._launched_steps = 0
        with enable_x64(True):
            self._begin(self._kept, self._optimiser.init(self._kept), 0)

    def feed(self, data: Data) -> None:
        self._data = data
        with enable_x64(True):
            self._rows = self._place.rows(data)
        self._tables = [table._replace(rows=self._rows) for table in self._tables]

    def weights(self) -> np.ndarray:
        return self._kept.copy()

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        total = np.zeros(len(theta))
        with lost():
            for group, table in zip(self._groups, self._tables, strict=True):
                with enable_x64(True):
                    own = self._place.of_members(theta[group])
                    blocks = [self._place.block(*b) for b in blocks_of(rows[group], self._data.weight, self._block)]
                for block in blocks:
                    total[group] += np.asarray(self._call(self._value, own, table, *block))
        return total

    def state(self) -> dict[str, Any]:
        parts = [c.state._asdict() for c in self._done]
        arrays = {k: np.concatenate([np.asarray(p[k]) for p in parts]) for k in parts[0] if k != "step"}
        return {
            "step": self._steps,
            "before": self._before,
            "weights": self.weights(),
            "moved": np.concatenate([np.asarray(c.theta) for c in self._done]),
            "running": np.flatnonzero(self._alive),
            "optimiser": arrays,
            "dropout": self._keys.copy(),
            "steps_in_a_call": self._size,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._kept, self._keys = np.array(state["weights"]), np.array(state["dropout"])
        self._alive = np.isin(np.arange(len(self._kept)), state["running"])
        self._steps = self._launched_steps = state["step"]
        self._before, theta = state["before"], np.array(state["moved"])
        self._size = state["steps_in_a_call"]  # the same code, so the same bits
        with enable_x64(True):
            self._begin(theta, self._optimiser.init(theta)._replace(**state["optimiser"]), self._steps)
