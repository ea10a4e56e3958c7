"""Where the arrays of a run lie: on one device, or spread over several, of one process or of many."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from likelinet.engines.engine import Data
from likelinet.engines.jax_program import Carry, Table
from likelinet.engines.stretches import bounds

AXIS = "devices"
WIDTH = 256  # rows that a device evaluates come in multiples of it, so that few shapes are compiled


class OneDevice:
    """All arrays on JAX's default device.

    `over` is the axis of devices over which the rows of a minibatch are spread, if they are.
    """

    over: str | None = None

    def training(self, train: Callable[..., Any]) -> Callable[..., Any]:
        """Return `train` from the carry on, for the devices."""
        return train

    def evaluation(self, value: Callable[..., Any]) -> Callable[..., Any]:
        """Return `value` from the weights on, for the devices."""
        return value

    def rows(self, data: Data) -> tuple[Any, Any, Any]:
        """Return x, columns and y."""
        return jax.device_put((data.x, data.columns, data.y))

    def fixed(self, tree: Any) -> Any:
        """Return what each row and member may need."""
        return jax.device_put(tree)

    def carry(self, carry: Carry) -> Carry:
        """Return where training stands, as copies."""
        return jax.tree.map(partial(jax.numpy.array, copy=True), carry)

    def of_members(self, array: np.ndarray) -> Any:
        """Return what each member needs of its own."""
        return jax.device_put(array)

    def batches(self, rows: np.ndarray, share: np.ndarray) -> tuple[Any, Any]:
        """Return minibatches (steps, M, B)."""
        return rows, share

    def block(self, rows: np.ndarray, weight: np.ndarray) -> tuple[Any, Any]:
        """Return rows to evaluate (M, n), and their weights."""
        return jax.device_put((rows, weight))


class Spread(OneDevice):
    """The rows of each minibatch spread over devices, each of which has all rows of the data.

    Each device has the same weights, and the gradients of all are added up in each step.

    Parameters
    ----------
    devices : sequence of jax.Device
        Of all processes.
    """

    over = AXIS

    def __init__(self, devices: Sequence[Any]) -> None:
        self._count, self._mesh = len(devices), Mesh(np.array(devices), (AXIS,))

    def training(self, train: Callable[..., Any]) -> Callable[..., Any]:
        batches = P(None, None, AXIS)
        return self._each(train, (P(), self._table(), batches, batches, P(), P()), (P(), P()))

    def evaluation(self, value: Callable[..., Any]) -> Callable[..., Any]:
        return self._each(value, (P(), self._table(), P(None, AXIS), P(None, AXIS)), P())

    def _each(self, function: Callable[..., Any], ins: Any, outs: Any) -> Callable[..., Any]:
        """Return what runs a function on each device, on its parts of arrays."""
        return jax.shard_map(function, mesh=self._mesh, in_specs=ins, out_specs=outs, check_vma=False)

    def _table(self) -> Table:
        return Table(P(), P(), P())

    def _over(self, *axes: str | None) -> NamedSharding:
        return NamedSharding(self._mesh, P(*axes))

    def _put(self, array: Any, *axes: str | None) -> Any:
        """Return an array on the devices, of which each process has the whole."""
        whole = np.asarray(array)
        return jax.make_array_from_callback(whole.shape, self._over(*axes), whole.__getitem__)

    def rows(self, data: Data) -> tuple[Any, Any, Any]:
        return self.fixed((data.x, data.columns, data.y))

    def fixed(self, tree: Any) -> Any:
        return jax.tree.map(self._put, tree)

    def carry(self, carry: Carry) -> Carry:
        return self.fixed(jax.tree.map(np.array, carry))

    def of_members(self, array: np.ndarray) -> Any:
        return self._put(array)

    def batches(self, rows: np.ndarray, share: np.ndarray) -> tuple[Any, Any]:
        return self._put(_filled(rows, self._count), None, None, AXIS), self._put(
            _filled(share, self._count), None, None, AXIS
        )

    def block(self, rows: np.ndarray, weight: np.ndarray) -> tuple[Any, Any]:
        return self._put(_filled(rows, self._count), None, AXIS), self._put(_filled(weight, self._count), None, AXIS)


class MembersSpread(Spread):
    """As many members on each device as on any other, so that steps need no word of the others.

    Parameters
    ----------
    devices : sequence of jax.Device
        Of one process.
    """

    over = None

    def training(self, train: Callable[..., Any]) -> Callable[..., Any]:
        carry, batches = Carry(P(AXIS), P(AXIS), P()), P(None, AXIS)
        return self._each(train, (carry, self._table(), batches, batches, P(), P()), (carry, P(None, AXIS)))

    def evaluation(self, value: Callable[..., Any]) -> Callable[..., Any]:
        return self._each(value, (P(AXIS), self._table(), P(AXIS), P(AXIS)), P(AXIS))

    def _table(self) -> Table:
        return Table(P(), P(AXIS), P())

    def carry(self, carry: Carry) -> Carry:
        theta, state = jax.tree.map(lambda a: self._put(np.array(a), AXIS), (carry.theta, carry.state))
        return Carry(theta, state, self._put(carry.step))

    def of_members(self, array: np.ndarray) -> Any:
        return self._put(array, AXIS)

    def batches(self, rows: np.ndarray, share: np.ndarray) -> tuple[Any, Any]:
        return self._put(rows, None, AXIS), self._put(share, None, AXIS)

    def block(self, rows: np.ndarray, weight: np.ndarray) -> tuple[Any, Any]:
        return self._put(rows, AXIS), self._put(weight, AXIS)


class Stretches(Spread):
    """The rows of a window spread over devices, with the held-out ones on each: those of its columns of each batch.

    Parameters
    ----------
    devices : sequence of jax.Device
        Of all processes.
    window, batch : int
        Rows of a window, and of a minibatch.
    """

    def __init__(self, devices: Sequence[Any], window: int, batch: int) -> None:
        super().__init__(devices)
        self._window, self._columns = window, -(-batch // self._count)
        ends = bounds(window, batch)
        self._starts = ends[np.minimum(np.arange(self._count + 1) * self._columns, batch)]
        self._own = int(np.diff(self._starts).max())  # rows of the window on a device at most

    def _table(self) -> Table:
        return Table(P(AXIS), P(), P())

    def rows(self, data: Data) -> tuple[Any, Any, Any]:
        return jax.tree.map(self._parted, (data.x, data.columns, data.y))

    def _parted(self, array: np.ndarray) -> Any:
        """Return the rows of each device, one after the other; those of the devices of other processes are not read."""
        held = array[self._window :]
        size = self._own + len(held)

        def of(index: Any) -> np.ndarray:
            start, stop = self._starts[(index[0].start or 0) // size :][:2]
            own = np.zeros((size, *array.shape[1:]), array.dtype)
            own[: self._own] = array[start if start < stop else 0]  # of weight 0, but with a finite loss
            own[: stop - start], own[self._own :] = array[start:stop], held
            return own

        shape = self._count * size, *array.shape[1:]
        return jax.make_array_from_callback(shape, self._over(AXIS), of)

    def batches(self, rows: np.ndarray, share: np.ndarray) -> tuple[Any, Any]:
        rows, share = _filled(rows, self._count), _filled(share, self._count)
        own = rows - np.repeat(self._starts[:-1], self._columns)
        return self._put(np.where(share > 0.0, own, 0).astype(np.int32), None, None, AXIS), self._put(
            share, None, None, AXIS
        )

    def block(self, rows: np.ndarray, weight: np.ndarray) -> tuple[Any, Any]:
        """Return rows where they are; those that are on each device, by turns."""
        members, n = rows.shape
        held = rows >= self._window
        device = np.where(held, np.arange(n) * self._count // max(n, 1), self._device(rows))
        own = np.where(held, rows - self._window + self._own, rows - self._starts[device])
        order = np.argsort(device, axis=1, kind="stable")
        device, own, weight = (np.take_along_axis(a, order, 1) for a in (device, own, weight))
        many = (device[..., None] == np.arange(self._count)).sum(1)
        width = -(-int(many.max(initial=0)) // WIDTH) * WIDTH
        place = np.arange(n) - np.take_along_axis(np.cumsum(many, 1) - many, device, 1)
        of = np.zeros((2, members, self._count, width))
        at = np.arange(members)[:, None], device, place
        of[0][at], of[1][at] = own, weight
        whole = of.reshape(2, members, -1)
        return self._put(whole[0].astype(np.int32), None, AXIS), self._put(whole[1].astype(weight.dtype), None, AXIS)

    def _device(self, rows: np.ndarray) -> np.ndarray:
        return np.minimum(np.searchsorted(self._starts, rows, "right") - 1, self._count - 1)


def _filled(array: np.ndarray, count: int) -> np.ndarray:
    """Return an array whose last axis is a multiple of a count, filled up with zeros: row 0, of weight 0."""
    return np.pad(array, ((0, 0),) * (array.ndim - 1) + ((0, -array.shape[-1] % count),))
