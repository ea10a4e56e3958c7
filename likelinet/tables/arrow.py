"""pyarrow, imported when it is first used: arrays of numbers go without it."""

from typing import Any

from likelinet.core.lazy import LazyModule

pa: Any = LazyModule("pyarrow")
pc: Any = LazyModule("pyarrow.compute")
