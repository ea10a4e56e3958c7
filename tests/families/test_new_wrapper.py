"""One file in `likelinet/distributions/over` is all that a new wrapper takes."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import likelinet

WRAPPER = '''
"""The negative of another variable."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.wrapper import Wrapper


@dataclass(frozen=True)
class ReflectedFamily(WrapperFamily):
    """The negative of another family.

    Parameters
    ----------
    base : Family
        The family of -y.
    """

    kind = "reflected"
    of_densities = True

    @property
    def support(self):
        base = self.base.support
        return Domain(f"the negative of {base.description}", -base.high, -base.low, base.closed[::-1])

    @property
    def bounds(self):
        low, high = self.base.bounds
        return -np.asarray(high), -np.asarray(low)

    def possible(self, y):
        return self.base.possible(-y)

    def loss(self, params, y):
        return self.base.loss(params, -y)

    def log_interval(self, params, low, high):
        return self.base.log_interval(params, -high, -low)

    def distribution(self, params):
        return Reflected(self.base.distribution(params))

    def estimate(self, y, weight):
        return self.base.estimate(-y, weight)

    @property
    def origin(self):
        return -self.base.origin

    def moved(self, loc, scale):
        return replace(self, base=self.base.moved(-loc, scale))

    def units(self, loc, scale, spread):
        return self.base.units(-loc, scale, spread)


class Reflected(Wrapper):
    """The distribution of -X."""

    def __init__(self, base):
        self._wrap(base)
        if base.support.integer:
            raise ParameterError("Reflected: base must be continuous.")
        self._over(ReflectedFamily(Closed(base)))

    def endpoints(self):
        low, high = self.base.endpoints()
        return -high, -low

    def log_cdf(self, y):
        return self.base.log_sf(-np.asarray(y))

    def log_sf(self, y):
        return self.base.log_cdf(-np.asarray(y))

    def ppf(self, q):
        return -self.base.isf(q)

    def isf(self, q):
        return -self.base.ppf(q)

    def map_arrays(self, f):
        return Reflected(self.base.map_arrays(f))

    def __repr__(self):
        return f"Reflected({self.base!r})"
'''

USE = """
import numpy as np
import likelinet as ll
from tests.families import declared, test_one_formula as nested

assert "site-packages" not in ll.__file__ and ll.__file__.startswith(PLACE), ll.__file__
over = lambda base: {"kind": "reflected", "base": base}
truncated = {"kind": "truncated", "base": {"kind": "gaussian"}, "low": 0.3, "high": 2.7}
rows = {
    "reflected": over({"kind": "gamma"}),
    "reflected truncated": over(truncated),
    "log of reflected truncated": {"kind": "transformed", "transform": "log", "base": over(truncated)},
    "mixture of reflected": {"kind": "mixture", "components": 2, "base": over({"kind": "gumbel"})},
    "censored reflected": {"kind": "censored", "base": over({"kind": "weibull"})},
}
for name, row in rows.items():
    nested.ALL[name] = row
    for outputs in (None, 2):
        nested.test_supports_are_the_same(name, outputs, True)
        nested.test_what_is_trained_is_what_is_predicted(name, outputs, True)

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 1))
y = -rng.gamma(3.0, 1.0, 300)
rest = {"quality": "plain", "training": {"epochs": 40}}
model = ll.Model({**rest, "distribution": rows["reflected"]}).fit(X, y, progress=False)
mirrored = ll.Model({**rest, "distribution": {"kind": "gamma"}}).fit(X, -y, progress=False)
print(model.score(X, y), mirrored.score(X, -y), model.predict_dist(X[:2]).mean(), mirrored.predict_dist(X[:2]).mean())
np.testing.assert_allclose(model.predict_dist(X).mean(), -mirrored.predict_dist(X).mean(), rtol=0.1)
try:
    ll.Model({"quality": "plain", "distribution": over({"kind": "poisson"})})
except ll.ConfigError as error:
    assert "the base of 'reflected' cannot be 'poisson', which is not continuous" in str(error), error
else:
    raise AssertionError("counts were taken")
from likelinet.config import ModelConfig
described = ModelConfig.model_json_schema()["$defs"]["ReflectedConfig"]
assert described["description"] == "The negative of another family."
assert described["properties"]["base"]["description"] == "The family of -y."
"""


def test_a_wrapper_is_one_file(tmp_path: Path):
    package = Path(likelinet.__file__).parent
    shutil.copytree(package, tmp_path / "likelinet", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "likelinet/distributions/over/reflected.py").write_text(textwrap.dedent(WRAPPER).lstrip())
    shutil.copytree(Path(__file__).parents[1], tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"PLACE = {str(tmp_path)!r}\n{USE}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
