"""Which module of the package imports which, read from the sources without running them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import likelinet

PACKAGE = Path(likelinet.__file__).parent


class Import(NamedTuple):
    """One import of a module of the package; `local` stands inside a function."""

    importer: str
    imported: str
    local: bool


def imports(package: Path = PACKAGE) -> list[Import]:
    """Return every import between modules of a package, but those for type checkers alone."""
    files = {_name(file, package): file for file in package.rglob("*.py")}
    return sorted(
        {
            Import(name, module if module in files else module.rpartition(".")[0], local)
            for name, file in files.items()
            for module, local in _imported(ast.parse(file.read_text(encoding="utf-8")), local=False)
            if module in files or module.rpartition(".")[0] in files
        }
    )


def circle(edges: list[Import]) -> list[str]:
    """Return modules each of which imports the next and the last of which is the first, or nothing."""
    graph: dict[str, list[str]] = {}
    for edge in edges:
        graph.setdefault(edge.importer, []).append(edge.imported)
    done: set[str] = set()

    def search(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        found = next((c for m in graph.get(module, []) if (c := search(m, [*path, module]))), [])
        done.add(module)
        return found

    return next((found for module in graph if (found := search(module, []))), [])


def _name(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.AST, local: bool) -> Iterator[tuple[str, bool]]:
    """Yield the dotted names that are imported below a node; of `from a import b`, a.b."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name, local) for alias in child.names)
        if isinstance(child, ast.ImportFrom):
            yield from ((f"{child.module}.{alias.name}", local) for alias in child.names)
        yield from _imported(child, local or isinstance(child, ast.FunctionDef | ast.Lambda))
