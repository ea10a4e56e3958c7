"""JAX as the tests use it: 64 bits in a scope, compiled without the optimisations that take most of the time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax

OPTIONS = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
jit = partial(jax.jit, compiler_options=OPTIONS)


def run(f: Callable[..., Any], *args: Any) -> Any:
    """Return f(*args), compiled, in double precision."""
    with jax.enable_x64(True):
        return jit(f)(*args)
