"""What fuzzers, and people, have found: each once ended in a traceback, a hang, or a message of a thousand words."""

from itertools import pairwise

import numpy as np

_NAMES = "abcdefghi"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise(_NAMES)
)
MERGED = "a: &a {x: 1}\n" + BOMB.partition("\n")[2].replace("[*", "{<<: [*").replace("]\n", "]}\n")

CONFIGS = [
    BOMB,
    MERGED,
    "ensemble: &a [*a]\n",
    '{"network": ' + "[" * 900 + "]" * 900 + "}",
    '{"network": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "network: " + "{a: " * 3000 + "1" + "}" * 3000 + "\n",
    "training: {null: 3}\n",
    "ensemble: !!bool foo\n",
    "ensemble: !!timestamp foo\n",
    "? !!binary foo\n: 1\n",
    '{"data": {"target": "\\ud800"}}',
    '{"\\ud800": 1}',
    "ensemble: 0x" + "f" * 20_000 + "\n",
    "ensemble: 1" + ":59" * 3000 + "\n",
    "ensemble: " + "x" * 100_000 + "\n",
    "{" + ", ".join(f"k{i}: 1" for i in range(2000)) + "}\n",
    "network: {hidden: [" + ", ".join(["-1"] * 2000) + "]}\n",
]

# Of a model file, whose checksum is right: which one, where in its metadata, what.
FORGED = [
    *(("frame", ["targets", "scale"], value) for value in (-1.0, 0.0, True, None, "1", [None], [1.0, 2.0], 1e400)),
    *(("frame", ["inputs", "columns", 0, "scale"], value) for value in (-1.0, 0.0, True, None, float("nan"))),
    *(("frame", ["inputs", "columns", 0, "median"], value) for value in (10**400, "1", True)),
    ("frame", ["inputs", "columns", 0, "name"], "b"),
    ("frame", ["inputs", "columns", 0, "edges"], [1.0]),
    ("frame", ["inputs", "columns", 0, "inner"], [2.0, 1.0]),
    ("frame", ["inputs", "columns", 6, "dress"], [",", ".", "\ud800", False]),
    ("frame", ["inputs", "columns", 4, "form"], " "),
    ("dressed", ["written", "price", "dress", "unit"], "\ud800"),
    ("dressed", ["written", "price", "dress", "decimal"], "("),
    ("frame", ["history", "best_epoch"], None),
    ("frame", ["n_classes"], 3),
    ("classes", ["n_classes"], 10**12),
    ("classes", ["n_classes"], 2),
    ("frame", ["source", "rows"], -1),
    ("frame", ["config", "network", "hidden"], [10**9]),
]

# Columns of 60 rows; `y` and `weight` by their names.
TABLES = [
    {"y": np.r_[np.linspace(0.0, 1.0, 59), 1.797e308]},
    {"a": 1.797e308 * np.linspace(-1.0, 1.0, 60)},
    {"weight": np.full(60, 1.7e308)},
    {"weight": 10.0 ** np.linspace(-300.0, 300.0, 60)},
    {"a": [f"{i}\n,3" for i in range(1, 61)]},
]
