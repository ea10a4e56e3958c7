"""`import likelinet` is light, and the public names are there."""

import json
import subprocess
import sys

import likelinet as ll

HEAVY = ("matplotlib", "pandas", "scipy.stats", "sklearn", "jax", "tqdm", "click", "narwhals", "torch", "polars")


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running code."""
    script = f"{code}\nimport sys, json\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_is_light():
    assert loaded_by("import likelinet") & set(HEAVY) == set()


def test_fit_and_predict_are_light():
    code = """
import likelinet as ll, numpy as np
X = np.arange(20.0)[:, None]
model = ll.Model({"network": {"hidden": [2]}, "training": {"epochs": 1}}).fit(X, X[:, 0])
model.predict_dist(X).interval(0.9)
model.evaluate(X, X[:, 0])
"""
    assert loaded_by(code) & (set(HEAVY) - {"narwhals"}) == set()


def test_command_line_loads_only_what_it_needs():
    assert loaded_by("import likelinet.cli.main") & (set(HEAVY) - {"click"}) == set()


def test_public_names_are_sorted_and_exist():
    assert list(ll.__all__) == sorted(ll.__all__)
    assert [name for name in ll.__all__ if not hasattr(ll, name)] == []
    assert [name for name in ll.__all__ if not getattr(ll, name).__doc__] == []


def test_errors_are_a_tree():
    for error in (ll.ConfigError, ll.DataError, ll.ModelFileError, ll.ParameterError):
        assert issubclass(error, ll.LikelinetError)
        assert issubclass(error, ValueError)
