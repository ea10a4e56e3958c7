"""Settings every test shares."""

import os
from pathlib import Path

BESIDE = Path(__file__).parents[2] / "shared" / "data"
if BESIDE.is_dir():
    os.environ.setdefault("LIKELINET_DATA", str(BESIDE))
# The workers of pytest-xdist share the cores already: BLAS threads of their own would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

ALWAYS = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("likelinet", max_examples=6, derandomize=True, **ALWAYS)
settings.register_profile("ci", max_examples=25, derandomize=True, **ALWAYS)
settings.register_profile("nightly", max_examples=200, derandomize=False, print_blob=True, **ALWAYS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "likelinet"))
