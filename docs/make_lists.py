"""Write the lists of families in the pages and in the reference, from the rooms of `likelinet.distributions`.

A list stands between a line that begins with "list: <name>" in a comment and one that ends it.

python docs/make_lists.py
"""

import ast
import inspect
import re
from collections.abc import Iterable
from pathlib import Path

import likelinet as ll
from likelinet.config.base import members
from likelinet.config.distribution import WRAPPER_CONFIGS, DistributionConfig
from likelinet.config.network import NetworkConfig
from likelinet.config.training import ObjectiveConfig, OptimizerConfig, ScheduleConfig
from likelinet.core.wording import snake_case
from likelinet.distributions.rooms import ROOMS, classes, families

DOCS = Path(__file__).parent
PACKAGE = Path(ll.__file__).parent
PAGES = (
    DOCS.parent / "README.md",
    DOCS / "which_distribution.md",
    DOCS / "modules.md",
    DOCS / "api" / "distributions.rst",
    DOCS / "api" / "wrappers.rst",
    DOCS / "api" / "config.rst",
    DOCS / "user_guide" / "ensembles.md",
)
LIST = re.compile(r"^((?:<!--|\.\.) list: (\w+)[^\n]*\n)(.*?)(^(?:<!--|\.\.) end of the list)", re.M | re.S)
WRAPPERS = [c for c in classes("over") if c is not ll.distributions.Wrapper]


def written(page: Path) -> str:
    """Return the text of a page with its lists as they should be."""
    make = {f.__name__: f for f in (kinds_by_room, all_kinds, modules, reference, wrappers, configs, qualities)}
    return LIST.sub(lambda m: f"{m[1]}\n{make[m[2]]()}\n\n{m[4]}", page.read_text(encoding="utf-8"))


def kinds_by_room() -> str:
    """Return a table of the kinds for each kind of y."""
    kinds = {heading.lower(): [_kind(c) for c in families(room)] for room, heading in ROOMS.items()}
    kinds["as their `base`, with more to it"] = [_kind(c) for c in WRAPPERS if _kind(c) in _wrapper_kinds()]
    rows = [f"| {y} | {', '.join(f'`{kind}`' for kind in of_y)} |" for y, of_y in kinds.items()]
    return "\n".join(["| y | `kind` |", "|---|---|", *rows])


def all_kinds() -> str:
    """Return a table of all kinds, each with its y and what it is for."""
    found = [*(c for room in ROOMS for c in families(room)), *(c for c in WRAPPERS if _kind(c) in _wrapper_kinds())]
    rows = [f"| `{_kind(c)}` | {c.support_in_words or c.support.description} | {_purpose(c)} |" for c in found]
    head = ["| `kind` | y | in a word |", "|---|---|---|"]
    return "\n".join([*head, *rows, "| `custom` | yours | [a class of your own](plugins.md) |"])


def qualities() -> str:
    """Return the table of what each quality is made of, as the page of all keys has it."""
    page = (DOCS / "config.md").read_text(encoding="utf-8")
    return page[page.index("| `quality` | groups") :].partition("\n\n")[0]


def modules() -> str:
    """Return a table of the modules of each room, with the first line of their docstrings."""
    rooms: dict[Path, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        rooms.setdefault(path.parent.relative_to(PACKAGE), []).append(path)
    return "\n\n".join(_room(room, paths) for room, paths in rooms.items())


def _room(room: Path, paths: list[Path]) -> str:
    """Return the section of a room: what it is, and its files."""
    says = {p.name: (ast.get_docstring(ast.parse(p.read_text("utf-8"))) or "").partition("\n")[0] for p in paths}
    title = room.as_posix() if room.parts else "likelinet"
    about = says.pop("__init__.py")
    rows = [f"| `{(room / name).as_posix()}` | {words} |" for name, words in says.items()]
    return "\n".join([f"## {title}", "", about, *(["", "| file | what it is |", "|---|---|", *rows] if rows else [])])


def reference() -> str:
    """Return the sections of the reference of distributions."""
    return _sections({heading: [c.__name__ for c in classes(room)] for room, heading in ROOMS.items()})


def wrappers() -> str:
    """Return the reference of distributions over others."""
    return _summary(c.__name__ for c in WRAPPERS)


def configs() -> str:
    """Return the reference of the configs whose `kind` chooses one of several."""
    unions = {
        "Networks": members(NetworkConfig),
        "Objectives": members(ObjectiveConfig),
        "Optimisers": members(OptimizerConfig),
        "Schedules": members(ScheduleConfig),
        "Distributions": members(DistributionConfig),
    }
    return _sections({heading: [c.__name__ for c in found] for heading, found in unions.items()})


def _sections(names: dict[str, list[str]]) -> str:
    return "\n\n".join(f"{head}\n{'-' * len(head)}\n\n{_summary(below)}" for head, below in names.items())


def _summary(names: Iterable[str]) -> str:
    return "\n".join([".. autosummary::", "   :toctree: generated", "", *(f"   {name}" for name in names)])


def _kind(cls: type) -> str:
    return snake_case(cls.__name__)


def _wrapper_kinds() -> set[str]:
    return {c.model_fields["kind"].default for c in WRAPPER_CONFIGS}


def _purpose(cls: type[ll.Distribution]) -> str:
    """Return what a family is for: in its own words, or the first sentence that is said of it."""
    return cls.purpose or (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(written(path), encoding="utf-8")
        print(path)
