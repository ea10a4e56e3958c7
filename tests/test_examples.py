"""The examples run, and what they show is true."""

import importlib.util
import re
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

EXAMPLES = Path(__file__).parents[1] / "examples"
PNG = b"\x89PNG\r\n\x1a\n"


def run(name: str, output: Path, quick: bool = True) -> dict[str, Any]:
    """Return what main(quick) of an example returns, with its figures in another folder."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["OUTPUT"] = output
    # The matrices are small: BLAS threads that wait for each other on busy cores take many times longer than one alone.
    with threadpool_limits(1):
        result = module.main(quick=quick)
    assert result["figure"].parent == output
    assert result["figure"].read_bytes().startswith(PNG)
    return result


def test_every_example_has_a_test():
    pages = [p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_examples*.py")]
    tested = {name for page in pages for name in re.findall(r"run\(\"(\w+)\"", page)}
    assert {p.stem for p in EXAMPLES.glob("[0-9]*.py")} == tested
