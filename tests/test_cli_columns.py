"""What `fit`, `show` and `init` say of the columns, and what they say where none is named to predict."""

from pathlib import Path

import numpy as np
import pytest

from tests.small import cli, write_csv

N = 40
RNG = np.random.default_rng(0)
NUMBERS = {"x": [i % 7 / 2.0 for i in range(N)], "z": [i % 5 / 2.0 for i in range(N)]}
TOLD = {
    "town": ["Ulm", "Bonn"] * 20,
    "share": [f"{i % 9 + 10} %" for i in range(N)],
    "flag": ["yes", "no", "no", "yes"] * 10,
}
DESCRIBED = """\
  town   category of 2 levels: 2 with an input each
  share  number (numbers with the unit '%' ('10 %' is 10)), 10 … 18
  flag   yes or no
"""
Y = (np.where(np.arange(N) % 2, 1.0, 2.0) + RNG.normal(size=N)).tolist()  # other in each town
QUICK = (
    "--target",
    "y",
    "--set",
    "network.hidden=[2]",
    "--set",
    "quality=plain",
    "--set",
    "training.epochs=1",
    "--set",
    "training.validation_fraction=0",
)


def fitted(folder: Path, columns: dict) -> str:
    """Return what `fit` prints below its line on the training."""
    table = write_csv(folder / "t.csv", {**columns, "y": Y})
    done = cli("fit", table, *QUICK, "-o", folder / "m")
    assert done.code == 0, done.err
    return done.out.partition("\nFitted ")[2].partition("\n")[2]


def test_fit_describes_what_is_no_plain_number(tmp_path: Path):
    assert fitted(tmp_path, {**NUMBERS, **TOLD}) == f"Columns, beside 2 plain numbers:\n{DESCRIBED}"
    assert fitted(tmp_path, TOLD) == f"Columns:\n{DESCRIBED}"


def test_of_plain_numbers_there_is_nothing_to_tell(tmp_path: Path):
    assert fitted(tmp_path, NUMBERS) == ""


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["", *NUMBERS["x"][1:]], "number, 0 … 3, with missing cells"),
        (np.exp(np.linspace(-6.0, 6.0, N) ** 3 / 36.0).tolist(), "the logarithm of a number, "),
    ],
    ids=["missing cells", "a logarithm"],
)
def test_numbers_that_are_not_plain(tmp_path: Path, cells: list, words: str):
    assert fitted(tmp_path, {**NUMBERS, "w": cells}).startswith(f"Columns, beside 2 plain numbers:\n  w  {words}")


def test_many_columns_are_cut(tmp_path: Path):
    lines = fitted(tmp_path, {f"c{i}": TOLD["flag"] for i in range(15)}).splitlines()
    assert lines == ["Columns:", *(f"  c{i:<2d}  yes or no" for i in range(12)), "  … and 3 more"]


def test_show_describes_every_column(tmp_path: Path):
    fitted(tmp_path, {**NUMBERS, **TOLD})
    shown = cli("show", tmp_path / "m").out
    x_and_z = "  x      number, 0 … 3\n  z      number, 0 … 2\n"
    assert f"\ninputs: x, z, town, share, flag\n{x_and_z}{DESCRIBED}training: " in shown


def test_init_describes_all_of_them_however_many(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {**{f"c{i}": TOLD["flag"] for i in range(15)}, "y": Y})
    assert cli("init", table, "--target", "y", "-o", tmp_path / "c.yaml").code == 0
    text = (tmp_path / "c.yaml").read_text()
    assert [f"  #   c{i:<2d}  yes or no" in text.splitlines() for i in range(15)] == [True] * 15


@pytest.mark.parametrize("command", [("fit",), ("compare", "--families", "gaussian")], ids=["fit", "compare"])
def test_nothing_is_named_to_predict(tmp_path: Path, command: tuple[str, ...]):
    config, table = tmp_path / "empty.yaml", write_csv(tmp_path / "t.csv", {**NUMBERS, "y": Y})
    config.write_text("quality: plain")
    done = cli(*command, config, table)
    assert (done.code, done.out) == (2, "")
    assert done.err == "likelinet: y is missing: name its column in data.target, or by --target.\n"
