"""Write the stubs of the packages whose names are found when they run, for type checkers and editors.

python docs/make_stubs.py
"""

import inspect
from collections.abc import Iterable
from pathlib import Path

import likelinet as ll
from likelinet import config, distributions
from likelinet.config.families import FAMILY_CONFIGS

PACKAGE = Path(ll.__file__).parent
HEAD = '"""Written by docs/make_stubs.py; do not edit by hand."""\n# ruff: noqa\n# fmt: off\n'
DOMAINS = "likelinet.core.domains"


def stubs() -> dict[Path, str]:
    """Return the text of each stub by its file."""
    return {
        PACKAGE / "__init__.pyi": root(),
        PACKAGE / "distributions" / "__init__.pyi": exported(distributions, distributions.__all__),
        PACKAGE / "config" / "__init__.pyi": exported(config, config.__all__),
        PACKAGE / "config" / "families.pyi": families(),
    }


def root() -> str:
    """Return the stub of the package itself."""
    modules = [name for name in ll.__all__ if inspect.ismodule(getattr(ll, name))]
    whole = [f"from likelinet import {name} as {name}" for name in (*modules, "config", "distributions", "sklearn")]
    rest = [name for name in ll.__all__ if name not in modules]
    return exported(ll, rest, [*whole, "__version__: str"], ll.__all__)


def exported(module: object, names: Iterable[str], more: Iterable[str] = (), all_: Iterable[str] | None = None) -> str:
    """Return a stub that imports names from where they are."""
    found = {name: getattr(getattr(module, name), "__module__", DOMAINS) for name in names}
    found |= {name: DOMAINS for name in found if isinstance(getattr(module, name), ll.Domain)}
    lines = [f"from {where} import {name} as {name}" for name, where in sorted(found.items(), key=lambda f: f[::-1])]
    names_ = "".join(f'    "{name}",\n' for name in sorted(found if all_ is None else all_))
    return "\n".join([HEAD, *lines, *more, "", f"__all__ = [\n{names_}]"]) + "\n"


def families() -> str:
    """Return the stub of the configs of families: the sources of their parameters by name."""
    lines = [HEAD, "from typing import Any, Literal\n", "from likelinet.config.family import FamilyConfig, LinkName\n"]
    lines += ["FAMILY_CONFIGS: tuple[type[FamilyConfig], ...]\n"]
    for c in FAMILY_CONFIGS:
        kind = c.model_fields["kind"].default
        keys = [name for name in c.model_fields if name not in ("kind", "links")]
        must = [f"{name}: Any" for name in keys if c.model_fields[name].is_required()]
        may = [f"{name}: Any = ..." for name in keys if not c.model_fields[name].is_required()]
        taken = ", ".join([*must, *may, "links: dict[str, LinkName] = ...", f'kind: Literal["{kind}"] = ...'])
        lines += [f"class {c.__name__}(FamilyConfig):", *(f"    {name}: Any" for name in keys)]
        lines += [f"    def __init__(self, *, {taken}) -> None: ...\n"]
    return "\n".join(lines)


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8")
        print(path)
