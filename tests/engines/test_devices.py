"""Steps that are spread over devices and processes come to the weights of one device."""

import os
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("jax")

from tests.engines.spread_fits import CASES, PLAIN, merged, weights, write_stream

ROOT = Path(__file__).parents[2]
SINGLE, DOUBLE = 1e-5, 1e-10
IN_PROCESSES = "plain", "groups", "stream in double"


def begun(output: Path, names: str, *process: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engines.spread_fits", str(output), names, *process]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu", "XLA_FLAGS": ""}
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def ended(*processes: subprocess.Popen[str]) -> None:
    for each in processes:
        _, said = each.communicate(timeout=900)
        assert each.returncode == 0, said


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("stream")
    write_stream(found)
    return found


@pytest.fixture(scope="module")
def alone(folder):
    return cache(lambda name: weights(name, folder, devices=None))


@pytest.fixture(scope="module")
def in_two(folder):
    address = f"localhost:{free_port()}"
    ended(*(begun(folder / "two.npz", ",".join(IN_PROCESSES), str(i), "2", address) for i in (0, 1)))
    return dict(np.load(folder / "two.npz"))


def agree(name, one, other):
    double = merged(PLAIN, CASES[name])["training"].get("precision") == "float64"
    np.testing.assert_allclose(other, one, rtol=0, atol=DOUBLE if double else SINGLE)


@pytest.mark.parametrize("name", CASES)
def test_four_devices_come_to_the_weights_of_one(name, alone, folder):
    agree(name, alone(name), weights(name, folder))


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_PROCESSES)
def test_two_processes_come_to_the_weights_of_one(name, alone, in_two):
    agree(name, alone(name), in_two[name])
