"""Settings every test shares."""

import importlib.util
import os
import pkgutil
import signal
from collections.abc import Iterator
from pathlib import Path

BESIDE = Path(__file__).parents[2] / "shared" / "data"
if BESIDE.is_dir():
    os.environ.setdefault("LIKELINET_DATA", str(BESIDE))
# The workers of pytest-xdist share the cores already: BLAS threads of their own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Four devices for JAX, of which all but the tests of several use the first.
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=4")

import pytest
from hypothesis import HealthCheck, settings

import likelinet

# What is optional, and by itself in a room or a module of its name.
MISSING = [name for name in ("jax", "skpro") if importlib.util.find_spec(name) is None]
# Hypothesis draws from the constants of the modules that are loaded: all are, so that draws do not depend on the order
# in which tests share the workers.
for module in pkgutil.walk_packages(likelinet.__path__, "likelinet."):
    if not module.name.endswith("__main__") and not any(f".{name}" in module.name for name in MISSING):
        importlib.import_module(module.name)

ALWAYS = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("likelinet", max_examples=6, derandomize=True, **ALWAYS)
settings.register_profile("ci", max_examples=25, derandomize=True, **ALWAYS)
settings.register_profile("nightly", max_examples=200, derandomize=False, print_blob=True, **ALWAYS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "likelinet"))


def heard(*numbers: int) -> Iterator[None]:
    """Have signals heard, which a shell may have switched off, and left as they were."""
    former = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    yield
    for number, handler in former.items():
        assert signal.signal(number, handler) is signal.default_int_handler


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Have Ctrl-C heard."""
    yield from heard(signal.SIGINT)


@pytest.fixture
def signals() -> Iterator[None]:
    """Have all signals heard that end a process."""
    yield from heard(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


AT_IMPORT: dict[str, dict] = {}  # where the generator RNG of a module of tests stands before its first test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note where the generators of all modules stand."""
    for item in items:
        module = getattr(item, "module", None)
        if hasattr(module, "RNG"):
            AT_IMPORT.setdefault(module.__name__, module.RNG.bit_generator.state)


@pytest.fixture(autouse=True)
def _drawn_alike(request: pytest.FixtureRequest) -> None:
    """Have a test draw the same numbers whichever tests ran before it in the same worker."""
    module = getattr(request.node, "module", None)
    if hasattr(module, "RNG"):
        module.RNG.bit_generator.state = AT_IMPORT[module.__name__]
