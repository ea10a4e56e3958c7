"""What the figures were measured on."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("likelinet", "numpy", "scipy", "torch", "jax", "jaxlib", "optax", "scikit-learn", "lightgbm")


def description() -> list[str]:
    """Return machine, cores and versions, one line each."""
    return [
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory()} of memory, {platform.system()}; GPU: {_gpu()}",
        f"Load of the last minute before: {os.getloadavg()[0]:.1f}",
        f"Versions: Python {platform.python_version()}, " + ", ".join(f"{p} {_version(p)}" for p in PACKAGES),
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((s.partition(":")[2].strip() for s in lines if s.startswith("model name")), platform.machine())


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return f"{pages / 2**30:.0f} GiB"


def _gpu() -> str:
    """Return the name of the GPU that torch or JAX sees, asked in a process of its own."""
    code = (
        "import torch\nprint(torch.cuda.get_device_name(0) if torch.cuda.is_available() else '')",
        "import jax\nprint(*{d.device_kind for d in jax.devices() if d.platform == 'gpu'})",
    )
    for one in code:
        done = subprocess.run([sys.executable, "-c", one], capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    return "none"


def has_gpu() -> bool:
    """Whether torch or JAX sees a GPU."""
    return _gpu() != "none"
