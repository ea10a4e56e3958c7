"""A pytest plugin for `tests/margins.py`: every comparison of an assertion writes down how far it is from failing.

The assertions of `tests/` and `examples/` are rewritten as these files are imported, so that each bound stands in one
place, its assertion. Three settings come from the environment: MARGINS_OUT, the file to write; MARGINS_SHIFT, a number
that is mixed into every seed of NumPy (0 leaves them as they are); and OPENBLAS_CORETYPE, which OpenBLAS itself reads.
"""

import ast
import builtins
import importlib.machinery
import json
import operator
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
WATCHED = (ROOT / "tests", ROOT / "examples")
ORDER: dict[str, tuple[Callable[[Any, Any], Any], int]] = {
    "Lt": (operator.lt, 1),
    "LtE": (operator.le, 1),
    "Gt": (operator.gt, -1),
    "GtE": (operator.ge, -1),
    "Eq": (operator.eq, 0),
}
CLOSE = {  # the tolerances of those functions when a call leaves them out
    "assert_allclose": ("rtol", 1e-7, "atol", 0.0),
    "allclose": ("rtol", 1e-5, "atol", 1e-8),
    "isclose": ("rel_tol", 1e-9, "abs_tol", 0.0),
}
CERTAIN = "# certain: "  # behind an assertion that cannot fail whatever the seed, with the reason: it has no margin
OFTEN = 200  # of one assertion in a loop, the first so many evaluations are kept

test = "import"
seen: Counter[tuple[str, str]] = Counter()
margins: list[tuple[str, str, int, float, float, float]] = []  # test, place, evaluation, figure, bound, slack
failures: list[tuple[str, str]] = []


def note(place: str, figure: Any, bound: Any, slack: Any) -> None:
    """Keep the element with the least slack."""
    nth = seen[test, place]
    seen[test, place] += 1
    if nth >= OFTEN:
        return
    slack, figure, bound = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (slack, figure, bound)))
    if slack.size and np.isfinite(slack).any():
        worst = np.nanargmin(np.where(np.isfinite(slack), slack, np.inf))
        margins.append((test, place, nth, figure.flat[worst], bound.flat[worst], slack.flat[worst]))


def compare(place: str, names: str, *values: Any) -> Any:
    """Return what a chain of comparisons says, and note how near each is to saying something else."""
    result: Any = True
    for name, left, right in zip(names.split(), values, values[1:], strict=False):
        ask, sign = ORDER[name]
        result = ask(left, right) if result is True else result and ask(left, right)
        try:
            if sign == 0:
                tolerance = tolerance_of(right)
                if tolerance is not None:
                    share = share_of(left, right.expected, tolerance)
                    note(place, share, 1.0, 1.0 - share)
                continue
            a, b = (np.asarray(v, dtype=float) for v in (left, right))
            with np.errstate(all="ignore"):  # ends of a support: inf less inf
                note(place, a, b, sign * (b - a))
        except (TypeError, ValueError):
            pass  # texts, shapes, dates: either the same or not
    return result


def tolerance_of(right: Any) -> Any:
    """Return the tolerance of a `pytest.approx`, or None."""
    if not type(right).__name__.startswith("Approx"):
        return None
    expected = np.asarray(right.expected, dtype=float)
    each = [pytest.approx(float(e), rel=right.rel, abs=right.abs).tolerance for e in expected.ravel()]  # type: ignore[attr-defined]
    return np.reshape(each, expected.shape)


def share_of(a: Any, b: Any, tolerance: Any) -> np.ndarray:
    """Return a difference as a share of what is allowed."""
    a, b = (np.asarray(v, dtype=float) for v in (a, b))
    with np.errstate(all="ignore"):  # inf where inf is expected
        away = np.where(a == b, 0.0, np.abs(a - b))
        return np.where(away == 0.0, 0.0, away / tolerance)


def close(place: str, ask: Callable[..., Any], actual: Any, desired: Any, *rest: Any, **options: Any) -> Any:
    """Do what `numpy.testing.assert_allclose` and its like do, and note the largest difference over its tolerance."""
    relative, rtol, absolute, atol = CLOSE[ask.__name__]
    given = dict(zip((relative, absolute), rest, strict=False)) | options
    rtol, atol = (given.get(k, given.get(k[:1] + "tol", d)) for k, d in ((relative, rtol), (absolute, atol)))
    try:
        a, b = (np.asarray(v, dtype=float) for v in (actual, desired))
        tolerance = np.maximum(rtol * np.abs(b), atol) if ask.__name__ == "isclose" else atol + rtol * np.abs(b)
        share = share_of(a, b, tolerance)
        note(place, share, 1.0, 1.0 - share)
    except (TypeError, ValueError):
        pass
    try:
        return ask(actual, desired, *rest, **options)
    except AssertionError:
        failures.append((test, place))
        return None


def check(place: str, value: Any) -> None:
    """Stand in for `assert`, but go on where it does not hold."""
    if not value:
        failures.append((test, place))


class Rewrite(ast.NodeTransformer):
    """Have every assertion of a file, and every call of `allclose` and its like, note its margin."""

    def __init__(self, file: str, source: str):
        self.file = file
        self.lines = source.splitlines()

    def call(self, name: str, node: ast.expr | ast.Assert, *args: ast.expr, keywords: Any = ()) -> ast.Call:
        """Return the call of a function of this module, which begins with the place of a node."""
        line = node.test if isinstance(node, ast.Assert) else node
        text = f"{self.file}:{node.lineno}:{node.col_offset} {ast.unparse(line)}"
        function = ast.Attribute(ast.Name("__recorder__", ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, [ast.Constant(text), *args], list(keywords)), node)

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        if any(CERTAIN in line for line in self.lines[node.lineno - 1 : node.end_lineno]):
            return node
        return ast.copy_location(ast.Expr(self.call("check", node, self.claim(node.test))), node)

    def claim(self, node: ast.expr) -> ast.expr:
        """Return what is asserted with the comparisons noted that all have to hold."""
        match node:
            case ast.Compare() if {type(op).__name__ for op in node.ops} <= set(ORDER):
                names = " ".join(type(op).__name__ for op in node.ops)
                values = [self.visit(v) for v in (node.left, *node.comparators)]
                return self.call("compare", node, ast.Constant(names), *values)
            case ast.BoolOp(ast.And()):
                node.values = [self.claim(v) for v in node.values]
            case ast.Call(ast.Name("all") | ast.Attribute(_, "all"), [ast.GeneratorExp() | ast.ListComp() as each]):
                each.elt = self.claim(each.elt)
            case ast.Call(ast.Attribute(ast.Name("np"), "all"), [inside]):
                node.args = [self.claim(inside)]
            case ast.Call(ast.Attribute(ast.Compare() as inside, "all") as method, []):
                method.value = self.claim(inside)
            case _:
                return self.visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOSE and len(node.args) >= 2:
            return self.call("close", node, node.func, *node.args, keywords=node.keywords)
        return node


def rewrite_imports() -> None:
    """Have the files of WATCHED rewritten when they are imported, whatever was compiled before."""
    builtins.__recorder__ = sys.modules[__name__]  # type: ignore[attr-defined]
    compiled = importlib.machinery.SourceFileLoader.source_to_code
    cached = importlib._bootstrap_external.cache_from_source  # type: ignore[attr-defined]

    def is_watched(file: Path) -> bool:
        return any(file.is_relative_to(folder) for folder in WATCHED) and file != Path(__file__)

    def cache_from_source(path: Any, *args: Any, **options: Any) -> str:
        if is_watched(Path(os.fsdecode(path))):
            raise NotImplementedError  # as where nothing is to be kept: it is compiled anew and not written
        return cached(path, *args, **options)

    def source_to_code(self: Any, data: Any, path: Any, **options: Any) -> Any:
        file = Path(os.fsdecode(path))
        if is_watched(file):
            tree = Rewrite(str(file.relative_to(ROOT)), data.decode()).visit(ast.parse(data))
            data = ast.fix_missing_locations(tree)
        return compiled(self, data, path, **options)

    importlib.machinery.SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign]
    importlib._bootstrap_external.cache_from_source = cache_from_source  # type: ignore[attr-defined]


def shift_seeds(by: int) -> None:
    """Mix a number into the seeds that are whole numbers: of the data in tests and of the training in the library."""
    generator, sequence = np.random.default_rng, np.random.SeedSequence

    def default_rng(seed: Any = None) -> np.random.Generator:
        return generator([int(seed), by] if isinstance(seed, int | np.integer) else seed)

    def seed_sequence(entropy: Any = None, **options: Any) -> np.random.SeedSequence:
        return sequence([int(entropy), by] if isinstance(entropy, int | np.integer) else entropy, **options)

    np.random.default_rng = default_rng  # type: ignore[assignment]
    np.random.SeedSequence = seed_sequence  # type: ignore[assignment, misc]


def pytest_configure() -> None:
    rewrite_imports()
    if shift := int(os.environ["MARGINS_SHIFT"]):
        shift_seeds(shift)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global test
    test = item.nodeid


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        failures.append((report.nodeid, f"raised: {str(report.longrepr).splitlines()[-1][:150]}"))


def pytest_sessionfinish() -> None:
    out = {"margins": margins, "failures": failures}
    Path(os.environ["MARGINS_OUT"]).write_text(json.dumps(out), encoding="utf-8")
