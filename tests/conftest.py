"""Settings every test shares."""

import os
from pathlib import Path

BESIDE = Path(__file__).parents[2] / "shared" / "data"
if BESIDE.is_dir():
    os.environ.setdefault("LIKELINET_DATA", str(BESIDE))
# The workers of pytest-xdist share the cores already: BLAS threads of their own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

for name, examples in (("likelinet", 6), ("thorough", 25)):  # .ci/run runs the second one too
    settings.register_profile(
        name,
        deadline=None,
        derandomize=True,
        max_examples=examples,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("likelinet")
