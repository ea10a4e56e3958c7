"""Measurements, each in a fresh process of its own."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

from speed.workloads import Workload

BENCHMARKS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measurement:
    """A function of this folder with its arguments as JSON, so that another process can call it."""

    function: str
    arguments: str

    def __call__(self) -> dict[str, Any]:
        """Return the figures it gives in a process of its own."""
        path = os.pathsep.join(filter(None, (str(BENCHMARKS), os.environ.get("PYTHONPATH"))))
        done = subprocess.run(
            [sys.executable, "-P", "-m", "speed.measure", self.function, self.arguments],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{self.function} {self.arguments} failed:\n{done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


def measurement(function: Callable[..., Any], **arguments: Any) -> Measurement:
    """Return the measurement that calls `function`, which returns seconds or a dict of figures."""
    plain = {k: vars(v) if is_dataclass(v) and not isinstance(v, type) else v for k, v in arguments.items()}
    return Measurement(f"{function.__module__}:{function.__name__}", json.dumps(plain))


def call(function: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Call what a measurement names and return its figures."""
    module, _, name = function.partition(":")
    own = dict(arguments)
    if "workload" in own:
        own["workload"] = Workload(**{**own["workload"], "hidden": tuple(own["workload"]["hidden"])})
    result = getattr(importlib.import_module(module), name)(**own)
    return result if isinstance(result, dict) else {"seconds": result}


if __name__ == "__main__":
    print(json.dumps(call(sys.argv[1], json.loads(sys.argv[2]))))
