"""Write docs/families.md from the classes of all families themselves, so that it cannot go out of date.

python docs/make_families_reference.py
"""

import inspect
import re
from pathlib import Path

from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS
from likelinet.core.wording import snake_case
from likelinet.distributions import Distribution, Wrapper
from likelinet.distributions.rooms import ROOMS, classes, families

PAGE = Path(__file__).parent / "families.md"
INTRODUCTION = Path(__file__).parent / "families_introduction.md"
SECTIONS = {
    **{heading: families(room) for room, heading in ROOMS.items()},
    "Over other families": tuple(c for c in classes("over") if c is not Wrapper),
}
CONFIGS = {c.model_fields["kind"].default: c for c in (*FAMILY_CONFIGS, *WRAPPER_CONFIGS)}


def reference() -> str:
    """Return the page."""
    lines = [INTRODUCTION.read_text(encoding="utf-8").rstrip() + "\n"]
    for heading, found in SECTIONS.items():
        lines.append(f"## {heading}\n")
        lines += [entry(cls) for cls in found]
    return "\n".join(lines).rstrip() + "\n"


def entry(cls: type[Distribution]) -> str:
    """Return the entry of one family."""
    doc = inspect.getdoc(cls) or ""
    prose, *parts = re.split(r"^(\w+)\n-+\n", doc, flags=re.M)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    prose, formulas = re.subn(r"^\.\. math:: (.*?)(?:\n\n|\Z)", _formula, prose, flags=re.M | re.S)
    if not formulas:
        raise ValueError(f"{cls.__name__}: its docstring has no formula.")
    kind = snake_case(cls.__name__)
    config = CONFIGS.get(kind)
    lines = [f"### {cls.__name__}\n"]
    in_python = "For y with several columns. " if cls.of_outputs else "In Python alone. "
    named = f"[`kind: {kind}`](config.md#kind-{kind}). " if config else in_python
    lines.append(f"{named}Support: {cls.support_in_words or cls.support.description}.\n")
    lines += [
        _text(prose),
        "| parameter | symbol | domain | shape | default link | meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(cls, config, *found) for found in _parameters(sections["Parameters"])]
    if "References" in sections:
        lines.append("\nReference: " + _text(" ".join(sections["References"].split())).rstrip())
    lines.append(f"\n```python\n{sections['Examples'].strip()}\n```\n")
    return "\n".join(lines)


def _formula(match: re.Match[str]) -> str:
    return f"```math\n{inspect.cleandoc(match.group(1))}\n```\n\n"


def _text(text: str) -> str:
    return re.sub(r"(?<!`)``(?!`)", "`", text).strip() + "\n"


def _parameters(section: str) -> list[tuple[str, str, str]]:
    """Return name, type and meaning of each documented parameter."""
    entries = re.findall(r"^(\w[\w, ]*) : (.*)\n((?:    .*\n?|\n)+)", section, re.M)
    return [(name, kind, " ".join(body.split())) for names, kind, body in entries for name in names.split(", ")]


def _row(cls: type[Distribution], config: type | None, name: str, kind: str, meaning: str) -> str:
    declared = {p.name: p for p in cls.parameters}.get(name)
    shape = kind.partition("shape ")[2] or (
        "one number" if "array_like" in kind else kind.replace("Distribution", "family")
    )
    link = getattr(config, "default_links", {}).get(name)
    if name in ("gate_logits", "logits") and declared is None and config is not None:
        link = "identity"
    cells = (
        f"`{name}`",
        declared.symbol if declared else "",
        declared.domain.description if declared else "",
        f"`{shape}`" if shape.startswith("(") else shape,
        f"`{link}`" if link else "",
        _text(meaning).strip().replace("|", "\\|"),
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(PAGE)
