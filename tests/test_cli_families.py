"""The commands for every kind of y: censored, ordered, several outputs, parameters from columns, angles, zeros."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy

import likelinet as ll
from tests.small import Result, cli, read_csv, write_csv

N = 60
RNG = np.random.default_rng(2)
SIZE = RNG.uniform(-2.0, 2.0, N)
TRUE, END = np.exp(0.5 * SIZE + 0.3 * RNG.standard_normal(N)), RNG.exponential(3.0, N)
SHARES = RNG.dirichlet([2.0, 3.0, 4.0], N)
TRIALS = RNG.integers(1, 20, N)
EXPOSURE = RNG.uniform(0.5, 5.0, N).round(3)
CLASSES = RNG.multinomial(10, [0.2, 0.3, 0.5], N)
COLUMNS = {
    "size": SIZE.round(4).tolist(),
    "time": np.minimum(TRUE, END).round(4).tolist(),
    "event": (TRUE <= END).astype(int).tolist(),
    "lower": ["" if i % 4 == 0 else "-inf" if i % 4 == 1 else f"{t - 0.1:.3f}" for i, t in enumerate(TRUE)],
    "upper": ["inf" if i % 4 == 2 else "" if i % 8 == 7 else f"{t + 0.1:.3f}" for i, t in enumerate(TRUE)],
    "grade": np.array(["low", "middle", "high"])[np.digitize(SIZE, [-0.7, 0.7])].tolist(),
    "left": (SIZE + RNG.standard_normal(N)).round(3).tolist(),
    "right": (100.0 * SIZE + RNG.standard_normal(N)).round(3).tolist(),
    **{f"share{j}": SHARES[:, j].tolist() for j in range(3)},
    **{f"count{j}": CLASSES[:, j].tolist() for j in range(3)},
    "successes": RNG.binomial(TRIALS, 0.4).tolist(),
    "trials": TRIALS.tolist(),
    "claims": RNG.poisson(EXPOSURE).tolist(),
    "exposure": EXPOSURE.tolist(),
    "angle": np.angle(np.exp(1j * (3.0 + 0.3 * RNG.standard_normal(N)))).round(4).tolist(),
    "rain": np.where(RNG.random(N) < 0.4, 0.0, RNG.gamma(2.0, 1.0, N)).round(4).tolist(),
}
KINDS: dict[str, tuple[list[str], str, str]] = {  # columns beside size; target; distribution
    "times": (["time", "event"], "{time: time, event: event}", "{kind: censored, base: {kind: weibull}}"),
    "intervals": (["lower", "upper"], "{lower: lower, upper: upper}", "{kind: censored, base: {}}"),
    "two intervals": (
        ["lower", "upper", "left"],
        "{lower: [lower, left], upper: [upper, left]}",
        "{kind: censored, base: {kind: gaussian, scale: shared}}",
    ),
    "ordered": (["grade"], "grade", "{kind: ordered_logistic, levels: [low, middle, high]}"),
    "correlated": (["left", "right"], "[left, right]", "{kind: multivariate_gaussian}"),
    "shares": ([f"share{j}" for j in range(3)], "[share0, share1, share2]", "{kind: dirichlet}"),
    "counts": ([f"count{j}" for j in range(3)], "[count0, count1, count2]", "{kind: multinomial, total_count: 10}"),
    "trials": (["successes", "trials"], "successes", "{kind: binomial, total_count: {column: trials}}"),
    "exposure": (["claims", "exposure"], "claims", "{kind: poisson, exposure: exposure}"),
    "angles": (["angle"], "angle", "{kind: von_mises}"),
    "zeros": (["rain"], "rain", "{kind: zero_inflated, base: {kind: gamma}}"),
    "no mean": (["left"], "left", "{kind: cauchy}"),
}
ENSEMBLES = ("times", "intervals", "angles", "ordered", "correlated", "zeros")
WHOLE = ("counts", "trials", "exposure")
SEVERAL = {
    "correlated": ["left", "right"],
    "shares": KINDS["shares"][0],
    "counts": KINDS["counts"][0],
    "two intervals": ["lower … upper", "left … left"],
}


def fitted(folder: Path, kind: str, more: str = "") -> tuple[Result, Path, Path]:
    """Fit to the columns of one kind, all others but the target being features; return the files too."""
    columns, target, distribution = KINDS[kind]
    config, file = folder / "c.yaml", folder / "m.safetensors"
    config.write_text(
        f"quality: plain\ndata: {{target: {target}}}\ndistribution: {distribution}\n"
        "network: {hidden: [4]}\ntraining: {epochs: 3}\n" + more
    )
    table = write_csv(folder / "t.csv", {name: COLUMNS[name] for name in ("size", *columns)})
    return cli("fit", config, table, "-o", file), file, table


@pytest.fixture(scope="module", params=KINDS)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    done, file, table = fitted(tmp_path_factory.mktemp("kinds"), request.param)
    assert (done.code, done.err) == (0, "")
    return request.param, file, table


def features(folder: Path, kind: str) -> Path:
    names = ["size", *(n for n in ("trials", "exposure") if n == kind)]
    return write_csv(folder / "x.csv", {n: COLUMNS[n] for n in names})


def test_only_features_are_inputs(trained: tuple[str, Path, Path]):
    _, file, _ = trained
    shown = cli("show", file).out
    assert "inputs: size\n" in shown
    assert ("classes: low, middle, high" in shown) == (trained[0] == "ordered")


def test_evaluate(trained: tuple[str, Path, Path]):
    kind, file, table = trained
    done = cli("evaluate", file, table, "--json")
    assert done.code == 0
    assert all(line.endswith("`likelinet split` holds some out.") for line in done.err.splitlines())
    found = json.loads(done.out)
    without_x = ["nll_skill"] if kind in ("ordered", "angles") else ["nll_skill", "crps_skill"]
    assert (
        list(found)
        == {
            "times": ["nll", "concordance", "integrated_brier", "crps", "coverage_90", "d_calibration"],
            "intervals": ["nll", "concordance", "crps", "coverage_90", "d_calibration"],
            "two intervals": ["nll", "concordance", "integrated_brier", "crps", "coverage_90", "d_calibration"],
            "ordered": ["nll", "accuracy", "brier", "ece", "rps", "roc_auc_macro"],
            "no mean": ["nll", "mae", "crps", "coverage_90"],
            "angles": ["nll", "rmse", "mae", "crps", "coverage_90"],
        }.get(kind, ["nll", "rmse", "mae", "crps", "coverage_90", "r2"])
        + without_x
    )
    assert all(np.isfinite(value) for value in found.values())
    printed = cli("evaluate", file, table).out.splitlines()
    assert [line.split() for line in printed] == [[name, f"{value:.4f}"] for name, value in found.items()]
    assert len({len(line) for line in printed}) == 1  # aligned


def test_predict_needs_features_alone(trained: tuple[str, Path, Path], tmp_path: Path):
    kind, file, table = trained
    quantiles = () if kind == "ordered" else ("--quantiles", "0.1,0.5")
    done = cli("predict", file, features(tmp_path, kind), *quantiles)
    assert (done.code, done.err) == (0, "")
    assert done.out == cli("predict", file, table, "--quantiles", "0.1,0.5").out
    found = read_csv(done.out)
    d = ll.Model.load(file).predict_dist(read_table(features(tmp_path, kind)))
    if kind == "ordered":
        assert list(found) == ["class", "p_low", "p_middle", "p_high"]
        np.testing.assert_allclose(np.array(list(found.values())[1:], float).sum(0), 1.0)
        return
    names = SEVERAL.get(kind, [""])
    parts = ["q0.1", "q0.5"] if kind == "no mean" else ["mean", "q0.1", "q0.5"]
    assert list(found) == [f"{p}_{n}".rstrip("_") for p in parts for n in names]
    quantiles = [cells for name, cells in found.items() if name.startswith("q")]
    assert all(("." in c or "e" in c) != (kind in WHOLE) for cells in quantiles for c in cells)
    expected = np.concatenate([d.ppf(q).reshape(N, -1) for q in (0.1, 0.5)], axis=1)
    np.testing.assert_allclose(np.array(quantiles, float).T, expected, rtol=1e-12)


def test_sample(trained: tuple[str, Path, Path], tmp_path: Path):
    kind, file, _ = trained
    done = cli("sample", file, features(tmp_path, kind), "-n", "2", "--seed", "1")
    assert (done.code, done.err) == (0, "")
    found = read_csv(done.out)
    assert list(found) == [f"sample_{i}_{n}".rstrip("_") for i in (1, 2) for n in SEVERAL.get(kind, [""])]
    cells = [c for column in found.values() for c in column]
    if kind == "ordered":
        assert set(cells) <= {"low", "middle", "high"}
    elif kind in WHOLE:
        assert all(c.isdigit() for c in cells)
    else:
        assert all("." in c or "e" in c for c in cells)
    if kind == "counts":
        draws = np.array(list(found.values()), int)
        assert (draws[:3].sum(0) == 10).all()


# Those that ensembles draw, and shares and counts, drawn as several intervals are, take long.
@pytest.mark.parametrize(
    "trained",
    [pytest.param(k, marks=[pytest.mark.slow] if k in (*ENSEMBLES, "shares", "counts") else []) for k in KINDS],
    indirect=True,
)
def test_plot(trained: tuple[str, Path, Path], tmp_path: Path):
    _, file, table = trained
    done = cli("plot", file, table, "-o", tmp_path / "p.png")
    assert (done.code, done.out, done.err) == (0, f"Picture: {tmp_path / 'p.png'}\n", "")


def test_scores_of_an_intercept_are_those_by_hand(tmp_path: Path):
    _, file, table = fitted(tmp_path, "times", "")
    config = tmp_path / "c.yaml"
    config.write_text(
        "quality: plain\ndata: {target: {time: time, event: event}, features: []}\n"
        "distribution: {kind: censored, base: {kind: exponential}}\n"
    )
    assert cli("fit", config, table, "-o", file, "--quiet").code == 0
    found = json.loads(cli("evaluate", file, table, "--json").out)
    time, event = np.array(COLUMNS["time"]), np.array(COLUMNS["event"])
    rate = event.sum() / time.sum()  # maximum likelihood of censored exponential times
    assert found["nll"] == pytest.approx(-(event.sum() * np.log(rate) - rate * time.sum()) / N, rel=1e-6)
    assert found["concordance"] == 0.5  # all rows have one prediction
    u = rate * time
    below = (u - 2.0 * (1.0 - np.exp(-u)) + 0.5 * (1.0 - np.exp(-2.0 * u))) / rate
    assert found["crps"] == pytest.approx(np.mean(below + event * 0.5 * np.exp(-2.0 * u) / rate), rel=1e-4)


def test_empty_and_infinite_cells_are_open_ends(tmp_path: Path):
    _, file, table = fitted(tmp_path, "intervals")
    rows = ll.Model.load(file).observed(read_table(table))
    lower = [-np.inf if c in ("", "-inf") else float(c) for c in COLUMNS["lower"]]
    upper = [np.inf if c in ("", "inf") else float(c) for c in COLUMNS["upper"]]
    np.testing.assert_array_equal(rows.y.lower, lower)
    np.testing.assert_array_equal(rows.y.upper, upper)
    d = ll.Model.load(file).predict_dist(rows.table)
    loc, scale = d.base.loc, d.base.scale
    p = scipy.stats.norm.cdf(upper, loc, scale) - scipy.stats.norm.cdf(lower, loc, scale)
    found = json.loads(cli("evaluate", file, table, "--json").out)["nll"]
    assert found == pytest.approx(np.mean(-np.log(p)), rel=1e-9)


def read_table(path: Path):
    from likelinet.tables.table import read_table as read

    return read(path)


@pytest.mark.parametrize("kind", ["trials", "exposure"])
@pytest.mark.parametrize("command", ["predict", "sample"])
def test_a_column_that_a_parameter_needs_is_missing(kind: str, command: str, tmp_path: Path):
    _, file, _ = fitted(tmp_path, kind)
    done = cli(command, file, write_csv(tmp_path / "x.csv", {"size": COLUMNS["size"]}))
    assert done.code == 2
    assert f"The table lacks the column '{kind}', from which the family reads" in done.err


@pytest.mark.parametrize("kind", ENSEMBLES)
def test_ensembles_go_through_all_commands(kind: str, tmp_path: Path):
    done, file, table = fitted(tmp_path, kind, "ensemble: 2\n")
    assert (done.code, done.err) == (0, "")
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:21]))  # some rows do for the way through
    for command in (("evaluate",), ("predict",), ("sample",), ("plot", "-o", tmp_path / "p.png"), ("show",)):
        arguments = (file,) if command == ("show",) else (file, table)
        done = cli(command[0], *arguments, *command[1:])
        assert (done.code, done.err) == (0, "")


def test_row_names_of_r_are_no_feature(tmp_path: Path):
    _, file, table = fitted(tmp_path, "times")
    header, *lines = table.read_text().splitlines()
    named = tmp_path / "named.csv"
    named.write_text("\n".join([f'"",{header}', *(f'"{i + 1}",{line}' for i, line in enumerate(lines))]) + "\n")
    assert cli("evaluate", file, named).out == cli("evaluate", file, table).out
    assert cli("fit", tmp_path / "c.yaml", named, "-o", tmp_path / "other").code == 0
    assert ll.Model.load(tmp_path / "other").feature_names == ["size"]
