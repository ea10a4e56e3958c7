"""Write docs/families.md from the classes of all families themselves, so that it cannot go out of date.

python docs/make_families_reference.py
"""

import inspect
import re
from pathlib import Path

import likelinet as ll
from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS
from likelinet.config.family import snake_case

PAGE = Path(__file__).parent / "families.md"
INTRODUCTION = Path(__file__).parent / "families_introduction.md"
REAL_LINE = (
    ll.Gaussian,
    ll.Laplace,
    ll.Logistic,
    ll.StudentT,
    ll.Cauchy,
    ll.Gumbel,
    ll.SkewNormal,
    ll.AsymmetricLaplace,
    ll.JohnsonSU,
)
POSITIVE = (
    ll.Exponential,
    ll.Gamma,
    ll.InverseGamma,
    ll.InverseGaussian,
    ll.LogNormal,
    ll.LogLogistic,
    ll.Weibull,
    ll.GeneralizedPareto,
    ll.HalfNormal,
)
SECTIONS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("Real line", REAL_LINE),
    ("Positive numbers", POSITIVE),
    ("Unit interval and circle", (ll.Beta, ll.Kumaraswamy, ll.LogitNormal, ll.VonMises)),
    ("Counts", (ll.Poisson, ll.NegativeBinomial, ll.Geometric, ll.Binomial, ll.BetaBinomial)),
    ("Classes", (ll.Bernoulli, ll.Categorical, ll.OrderedLogistic)),
    ("Shares, and counts over classes", (ll.Dirichlet, ll.Multinomial)),
    ("Several outputs", (ll.MultivariateGaussian, ll.Independent)),
    (
        "Over other families",
        (ll.Truncated, ll.Censored, ll.ZeroInflated, ll.Hurdle, ll.Discretised, ll.Mixture, ll.Transformed),
    ),
)
CONFIGS = {c.model_fields["kind"].default: c for c in (*FAMILY_CONFIGS, *WRAPPER_CONFIGS)}
# What the domain of one entry does not say.
SUPPORT = {
    "Categorical": "a class, 0 to K − 1, or your own labels",
    "OrderedLogistic": "a class, 0 to K − 1, or your own labels in order",
    "Binomial": "a whole number from 0 to n",
    "BetaBinomial": "a whole number from 0 to n",
    "Dirichlet": "K positive shares that sum to one",
    "Multinomial": "K whole numbers from 0 on that sum to n",
    "MultivariateGaussian": "d finite numbers",
    "Independent": "d values of its `base`",
    "Truncated": "that of its `base`, between the bounds",
    "Censored": "that of its `base`; or an interval",
    "ZeroInflated": "that of its `base`, and 0",
    "Hurdle": "that of its `base`, and 0",
    "Discretised": "the whole numbers next to that of its `base`",
    "Mixture": "that of its `base`",
    "Transformed": "that of its `base`, mapped",
}


def reference() -> str:
    """Return the page."""
    lines = [INTRODUCTION.read_text(encoding="utf-8").rstrip() + "\n"]
    for heading, classes in SECTIONS:
        lines.append(f"## {heading}\n")
        lines += [entry(cls) for cls in classes]
    return "\n".join(lines).rstrip() + "\n"


def entry(cls: type) -> str:
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
    named = f"[`kind: {kind}`](config.md#kind-{kind}). " if config else "For y with several columns. "
    lines.append(f"{named}Support: {SUPPORT.get(cls.__name__) or _words(cls)}.\n")
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


def _words(cls: type) -> str:
    return cls.support.description  # type: ignore[attr-defined]


def _formula(match: re.Match[str]) -> str:
    return f"```math\n{inspect.cleandoc(match.group(1))}\n```\n\n"


def _text(text: str) -> str:
    return re.sub(r"(?<!`)``(?!`)", "`", text).strip() + "\n"


def _parameters(section: str) -> list[tuple[str, str, str]]:
    """Return name, type and meaning of each documented parameter."""
    entries = re.findall(r"^(\w[\w, ]*) : (.*)\n((?:    .*\n?|\n)+)", section, re.M)
    return [(name, kind, " ".join(body.split())) for names, kind, body in entries for name in names.split(", ")]


def _row(cls: type, config: type | None, name: str, kind: str, meaning: str) -> str:
    declared = {p.name: p for p in cls.parameters}.get(name)  # type: ignore[attr-defined]
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
