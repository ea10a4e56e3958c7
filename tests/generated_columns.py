"""Columns of text of known kind, as people write them: what each is meant as, and its values."""

import datetime
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Meant:
    """A column with the kinds that a careful person may take it for, and the value of each cell.

    `values` are numbers, moments, bools, or texts; None for columns that are left out.
    """

    cells: list[str]
    kinds: tuple[str, ...]
    values: np.ndarray | None = None
    name: str = "col"


def amounts(rng: Rng, n: int) -> np.ndarray:
    return np.round(rng.lognormal(7.0, 2.5, n) + 1.0, 2)


def grouped(value: float, thousands: str, decimal: str) -> str:
    return f"{value:,.2f}".translate({ord(","): thousands, ord("."): decimal})


def indian(value: int) -> str:
    head, tail = divmod(value, 1000)
    groups = []
    while head >= 100:
        head, group = divmod(head, 100)
        groups.append(f"{group:02d}")
    return ",".join([str(head), *groups[::-1], f"{tail:03d}"]) if value >= 1000 else str(tail)


def short(value: float) -> str:
    return f"{value / 1e6:.1f}M" if value >= 1e6 else f"{value / 1e3:.1f}k" if value >= 1e3 else f"{value:.0f}"


# Positive numbers with two decimals, by how they are written.
WRITTEN: dict[str, Callable[[float], str]] = {
    "plain": str,
    "scientific": lambda v: f"{v:.12e}",
    "decimal commas": lambda v: f"{v:.2f}".replace(".", ","),
    "thousands": lambda v: f"{v:,.2f}",
    "German thousands": lambda v: grouped(v, ".", ","),
    "Swiss thousands": lambda v: grouped(v, "'", "."),
    "thousands by blanks": lambda v: grouped(v, " ", "."),
    "thousands by narrow blanks": lambda v: grouped(v, "\u202f", ","),
    "dollars": lambda v: f"${v:,.2f}",
    "euros": lambda v: f"€ {grouped(v, '.', ',')}",
    "currency code": lambda v: f"{v:.2f} USD",
    "unit": lambda v: f"{v:.2f} kg",
    "unit and thousands": lambda v: f"{v:,.2f} kms",
    "percent": lambda v: f"{v:.2f}%",
}
# Signed whole numbers.
SIGNED: dict[str, Callable[[int], str]] = {
    "integers": str,
    "brackets": lambda v: f"({-v:,})" if v < 0 else f"{v:,}",
    "typography": lambda v: str(v).replace("-", "\u2212"),
    "degrees": lambda v: f"{v} °C",
}
DATES = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%y"]
CLOCKS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]
BOOLS = ["yes no", "Y N", "T F", "true false", "TRUE FALSE", "1 0", "Yes No", "True False", "t f"]
WORDS = "red green blue|DE US FR IT|STATE 14,STATE 15,STATE 03|C6 C11 F6|1st 2nd 3rd|S M L XL|2010-11 2011-12 2012-13"
LASTING: dict[str, Callable[[int], str]] = {
    "clock": lambda s: f"{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d}",
    "letters": lambda s: f"{s // 3600}h {s // 60 % 60}m {s % 60}s",
    "ISO": lambda s: f"PT{s // 3600}H{s // 60 % 60}M{s % 60}S",
    "days": lambda s: f"{s // 86400} days {s // 3600 % 24:02d}:{s // 60 % 60:02d}:{s % 60:02d}",
    "seconds": lambda s: f"{s} sec",
}
SAID = [
    "fine",
    "slow",
    "broke",
    "again",
    "love",
    "the",
    "it",
    "not",
    "works",
    "after",
    "two",
    "weeks",
    "sound",
    "price",
]


def columns(rng: Rng, n: int) -> Iterator[tuple[str, Meant]]:
    """Yield one column of n cells of each sort."""

    def of(values: np.ndarray, write: Callable[[Any], str], kind: str = "number") -> Meant:
        return Meant([write(v) for v in values.tolist()], (kind,), values)

    for how, write in WRITTEN.items():
        yield how, of(amounts(rng, n), write)
    for how, put in SIGNED.items():
        yield how, of(np.round(rng.normal(0.0, 900.0, n)).astype(int), put)
    yield "rupees", of(amounts(rng, n).astype(int), lambda v: f"₹{indian(v)}")
    yield "Indian thousands", of(10 ** rng.integers(1, 7, n) + rng.integers(0, 10, n), indian)
    yield "suffixes", of(np.round(rng.choice([3.4e6, 1.2e3, 850.0, 19e6, 7e3], n)), short)
    yield "open ends", of(10 ** rng.integers(0, 8, n), lambda v: f"{v:,}+")
    yield "open top", of(rng.integers(20, 91, n), lambda v: "90+" if v == 90 else str(v))
    yield "years", replace(of(rng.integers(1960, 2025, n), str), name="year")
    yield "every year", replace(of(np.arange(2024 - n, 2024) + 1, str), name="year")
    yield "ages", of(rng.integers(18, 95, n), str)
    yield "counts", of(rng.poisson(3.0, n), str)
    yield "classes", replace(of(rng.integers(1, 3, n), str), kinds=("number", "boolean", "category"))
    for sentinel in (-999.0, 9999.0, -200.0):
        values = np.where(rng.random(n) < 0.1, sentinel, np.round(rng.normal(12.0, 6.0, n), 1))
        yield f"sentinel {sentinel:g}", of(values, str)
    start = datetime.datetime(1975, 1, 1)
    days = np.array([start + datetime.timedelta(days=int(d)) for d in rng.integers(0, 17_000, n)], "M8[us]")
    for form in DATES:
        yield f"date {form}", of(days, lambda v, form=form: v.strftime(form), "moment")
    seconds = days + rng.integers(0, 86_400, n).astype("m8[s]")
    for form in CLOCKS:
        yield f"moment {form}", of(seconds, lambda v, form=form: v.strftime(form), "moment")
    months = days.astype("M8[M]").astype("M8[us]")
    for form in ("%Y-%m", "%B %Y"):
        yield f"month {form}", of(months, lambda v, form=form: v.strftime(form), "moment")
    minutes = np.datetime64(0, "us") + rng.integers(0, 1440, n).astype("m8[m]")
    yield "time of day", of(minutes, lambda v: v.strftime("%H:%M"), "moment")
    for how, last in LASTING.items():
        yield f"duration {how}", of(rng.integers(0, 36_000, n), last)
    for pair in BOOLS:
        yes, no = pair.split()
        yield f"bool {pair}", of(rng.random(n) < 0.4, lambda v, yes=yes, no=no: yes if v else no, "boolean")
    for words in WORDS.split("|"):
        levels = words.split("," if "," in words else " ")
        yield f"category {levels[0]}", of(rng.choice(levels, n), str, "category")
    for how, few in {
        "leading zeros": [f"{v:05d}" for v in range(1, 40)],
        "postal codes": ["01067", "10115", "20095", "80331", "99084"],
        "postal codes by name": ["10115", "20095", "80331", "99084"],
    }.items():
        codes = rng.choice(few, n)
        yield how, Meant(codes.tolist(), ("category",), codes, "zip_code" if how.endswith("name") else "col")
    for how, dial in {
        "telephones": lambda v: f"+{v}",
        "telephones in groups": lambda v: f"{v // 10**7}-{v // 10**4 % 1000:03d}-{v % 10**4:04d}",
        "telephones of digits": str,
    }.items():
        yield how, Meant([dial(v) for v in rng.integers(2 * 10**9, 10**10, n).tolist()], ("identifier",))
    yield "row numbers", Meant([str(v) for v in range(1, n + 1)], ("identifier",))
    yield "shuffled row numbers", Meant([str(v) for v in rng.permutation(n)], ("identifier",))
    yield "numbers from 5001", Meant([str(v + 5001) for v in rng.permutation(n)], ("identifier",))
    yield (
        "row numbers with gaps",
        Meant([str(v) for v in np.sort(rng.choice(2 * n, n, replace=False))], ("identifier",)),
    )
    yield "invoices", Meant([f"INV-2024-{v:06d}" for v in rng.permutation(n)], ("identifier",))
    yield "UUIDs", Meant([str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(n)], ("identifier",))
    yield "hashes", Meant([rng.bytes(20).hex() for _ in range(n)], ("identifier",))
    yield "free text", Meant([" ".join(rng.choice(SAID, rng.integers(4, 12))) for _ in range(n)], ("identifier",))
    weights = np.array(
        [f"{v} {u}" for v, u in zip(rng.integers(1, 9, n), rng.choice(["kg", "g", "lb"], n), strict=True)]
    )
    yield "units that differ", Meant(weights.tolist(), ("category",), weights)
    yield "constant number", Meant(["7.5"] * n, ("constant",))
    yield "constant text", Meant(["shop"] * n, ("constant",))


def with_missing(meant: Meant, rng: Rng, word: str) -> Meant:
    """Return a column in which a few cells are missing, if it has values."""
    if meant.values is None:
        return meant
    where = rng.random(len(meant.cells)) < 0.08
    none = {"M": np.datetime64("NaT"), "U": ""}.get(meant.values.dtype.kind, np.nan)
    values = meant.values if meant.values.dtype.kind in "MU" else meant.values.astype(float)
    cells = [word if w else c for c, w in zip(meant.cells, where, strict=True)]
    return replace(meant, cells=cells, values=np.where(where, none, values))
