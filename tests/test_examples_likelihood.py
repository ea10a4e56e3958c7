"""The examples from probability to entropy show what closed forms and SciPy say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from scipy.special import expit, log_softmax, logsumexp, rel_entr, xlogy

from tests.test_examples import run
from tests.test_real_data import DATA


def test_probability(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    r = run("01_probability", tmp_path)
    shop = scipy.stats.norm(32.0, 2.5)
    np.testing.assert_allclose(r["between"], shop.cdf(34.0) - shop.cdf(32.0), rtol=1e-12)
    np.testing.assert_allclose(r["above"], shop.sf(34.0), rtol=1e-12)
    np.testing.assert_allclose(r["likelihood_32"], shop.pdf(34.0), rtol=1e-12)
    np.testing.assert_allclose(r["likelihood_34"], scipy.stats.norm(34.0, 2.5).pdf(34.0), rtol=1e-12)
    np.testing.assert_allclose(scipy.stats.norm(34.0, r["std_for_0.21"]).pdf(34.0), 0.21, rtol=1e-12)
    assert round(float(shop.sf(34.0)), 2) == 0.21  # what the notes print as the likelihood of mean 34
    printed = capsys.readouterr().out
    assert all(number in printed for number in ("0.2881", "0.2119", "0.1159", "0.1596"))
    covariance = 6.25 * np.array([[1.0, 0.8], [0.8, 1.0]])
    joint = scipy.stats.multivariate_normal([32.0, 32.0], covariance).pdf([34.0, 34.0])
    np.testing.assert_allclose([r["joint"], r["as_if_independent"]], [joint, shop.pdf(34.0) ** 2], rtol=1e-10)
    assert r["product"] == 0.0
    assert np.isfinite(r["sum_of_logs"])
    np.testing.assert_allclose([r["mean"], r["std"]], scipy.stats.norm.fit(r["y"]), rtol=1e-6)
    assert -0.1 < r["highest"] <= 0.0


def test_bayes_to_softmax(tmp_path: Path):
    r = run("02_bayes_to_softmax", tmp_path)
    np.testing.assert_allclose(r["posterior"], [1 / 3, 2 / 3], rtol=1e-14)
    np.testing.assert_allclose(r["sigmoid"], 1 / 3, rtol=1e-14)
    np.testing.assert_allclose(r["three"], np.array([10.0, 18.0, 10.0]) / 38.0, rtol=1e-14)
    # cold orders have mean 27, hot ones 20, both the variance 16; 40 % are cold
    np.testing.assert_allclose(r["closed_form"], [7 / 16, (20**2 - 27**2) / 32 + np.log(0.4 / 0.6)], rtol=1e-12)
    at = np.linspace(10.0, 35.0, 26)
    hot, same, narrow = scipy.stats.norm(20, 4), scipy.stats.norm(27, 4), scipy.stats.norm(27, 2)
    bayes = [0.4 * cold.pdf(at) / (0.4 * cold.pdf(at) + 0.6 * hot.pdf(at)) for cold in (same, narrow)]
    np.testing.assert_allclose(expit(np.polyval(r["closed_form"], at)), bayes[0], rtol=1e-11)
    np.testing.assert_allclose(expit(np.polyval(r["parabola"], at)), bayes[1], rtol=1e-11)
    assert r["gap"] < 1e-12
    assert r["quadratic_gap"] < 1e-12
    assert np.all(np.abs(r["fitted"] - r["closed_form"]) < 4.0 * r["errors"])
    assert np.all(r["errors"] < [0.02, 0.4])  # so that "near" means something
    assert r["nll"]["quadratic"] <= r["nll"]["Bayes"]  # certain: the maximum over all parabolas, Bayes's among them
    assert r["nll"]["Bayes"] < r["nll"]["linear"] - 0.01


def exact_path(start: tuple[float, float], steps: int) -> tuple[float, float]:
    """Return where gradient descent on the three points ends, from its linear recurrence in eigenvectors."""
    b, m = start
    error = np.array([b - 0.0, m - 1.5])
    values, vectors = np.linalg.eigh(np.array([[3.0, 2.0], [2.0, 2.0]]))
    end = vectors @ ((1.0 - 0.2 * values) ** steps * (vectors.T @ error)) + [0.0, 1.5]
    return float(end[0]), float(end[1])


def check_three_points(r: dict[str, Any]) -> None:
    np.testing.assert_allclose(r["path"][1:3], [[0.6, 0.8], [0.52, 0.84]], rtol=1e-14)
    np.testing.assert_allclose(r["slipped"][1:3], [[0.6, 0.8], [0.54, 0.84]], rtol=1e-14)
    assert [f"{number:.7f}" for number in r["path"][100]] == ["0.0000642", "1.4999178"]
    np.testing.assert_allclose(r["path"][100], exact_path((1.0, 1.0), 100), rtol=1e-9)
    np.testing.assert_allclose(r["slipped"][100], exact_path((0.54, 0.84), 98), rtol=1e-9)
    line = scipy.stats.linregress([0.0, 1.0, 1.0], [0.0, 1.0, 2.0])
    for way in ("normal equations", "pseudo-inverse", "likelihood, std fixed at 1", "likelihood, std learned"):
        np.testing.assert_allclose(r[way], [line.intercept, line.slope], atol=1e-6)
    np.testing.assert_allclose(r["std"], np.sqrt(0.5 / 3.0), rtol=1e-6)


def test_linear_regression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.delenv("LIKELINET_DATA", raising=False)
    r = run("03_linear_regression", tmp_path)
    check_three_points(r)
    assert "r2" not in r
    assert "advertising part is left out: set LIKELINET_DATA" in capsys.readouterr().out
    # The least-norm solution lies in the span of the rows; the likelihood's solutions need not, and are longer.
    wide, target, ws = r["wide"], r["target"], r["ws"]
    shortest = wide.T @ np.linalg.solve(wide @ wide.T, target)
    for way in ("pseudo-inverse", "descent from 0"):
        np.testing.assert_allclose(ws[way], shortest, rtol=1e-9)
    for seed in (0, 1):
        np.testing.assert_allclose(wide @ ws[f"likelihood, seed {seed}"], target, rtol=0.0, atol=1e-6)
        assert np.linalg.norm(ws[f"likelihood, seed {seed}"] - shortest) > 0.05
        assert np.linalg.norm(ws[f"likelihood, seed {seed}"]) > np.linalg.norm(shortest)  # certain: what is shortest
    assert np.linalg.norm(ws["likelihood, seed 0"] - ws["likelihood, seed 1"]) > 0.005
    np.testing.assert_allclose(np.diff(r["rising"]), 5.0 * np.log(10.0), rtol=1e-12)


def test_linear_regression_on_advertising(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = DATA / "tables" / "advertising.csv"
    if not path.is_file():
        pytest.skip(f"the advertising table is not at {path}; set LIKELINET_DATA to where tables/advertising.csv is")
    monkeypatch.setenv("LIKELINET_DATA", str(DATA))
    r = run("03_linear_regression", tmp_path)
    table = np.loadtxt(path, delimiter=",", skiprows=1, converters=lambda cell: float(cell.strip('"')))
    X, sales = np.column_stack([np.ones(len(table)), table[:, 1:4]]), table[:, 4]
    w, squares, *_ = np.linalg.lstsq(X, sales)
    np.testing.assert_allclose(r["ols"], w, rtol=1e-9)
    np.testing.assert_allclose(r["advertising"], w, rtol=0.0, atol=1e-5)
    np.testing.assert_allclose(r["r2"], 1.0 - squares[0] / np.sum((sales - sales.mean()) ** 2), rtol=1e-6)
    assert round(r["r2"], 4) == 0.8972


def test_logistic_regression(tmp_path: Path):
    r = run("04_logistic_regression", tmp_path)
    x, y = r["x"], r["y"]
    for rows, xs, ys in (("30 guests", x, y), ("and the far one", np.append(x, 500.0), np.append(y, 1.0))):
        line = scipy.stats.linregress(xs, ys)
        squared, bernoulli = r[f"squared error, {rows}"], r[f"Bernoulli, {rows}"]
        np.testing.assert_allclose([squared["slope"], squared["intercept"]], [line.slope, line.intercept], rtol=1e-6)
        # At the maximum of the Bernoulli likelihood, the residuals y - p are orthogonal to 1 and to x.
        residuals = ys - expit(bernoulli["slope"] * xs + bernoulli["intercept"])
        np.testing.assert_allclose([residuals.sum(), residuals @ (xs - xs.mean())], 0.0, atol=1e-4)
        for fit, boundary in ((squared, (0.5 - line.intercept) / line.slope), (bernoulli, bernoulli["boundary"])):
            assert fit["right"] == np.sum((x > boundary) == (y == 1.0))
            assert fit["boundary"] == pytest.approx(boundary, rel=1e-5)
    assert r["moved"]["squared error"] > 2.0
    assert r["moved"]["Bernoulli"] < 1e-4
    short = [logsumexp([0.0, -s * z]) for s, z in zip(r["sign"], r["z"], strict=True)]
    np.testing.assert_allclose(r["nll"], short, rtol=1e-12, atol=1e-15)
    assert r["gap"] < 1e-12


def test_softmax_and_hinge(tmp_path: Path):
    r = run("05_softmax_and_hinge", tmp_path)
    scores = np.array([-1.2, 0.3, 2.1, -0.7, 5.3, 0.8, -2.0, 1.5, 1.1, 10.1])
    assert [f"{r['p'][digit]:.3f}" for digit in (4, 9)] == ["0.008", "0.991"]
    for y in (9, 4):
        np.testing.assert_allclose(r[f"softmax, y = {y}"][0], -log_softmax(scores)[y], rtol=1e-12)
        np.testing.assert_allclose(r[f"softmax, y = {y}"][1], np.exp(log_softmax(scores)) - np.eye(10)[y], atol=1e-12)
    assert r["hinge, y = 9"][0] == 0.0
    assert not r["hinge, y = 9"][1].any()
    np.testing.assert_allclose(r["hinge, y = 4"][0], 1.0 + 10.1 - 5.3, rtol=1e-12)
    np.testing.assert_array_equal(r["hinge, y = 4"][1], np.eye(10)[9] - np.eye(10)[4])
    np.testing.assert_allclose([sums["softmax"] for sums in r["sums"].values()], 1.0, rtol=1e-12)
    np.testing.assert_allclose(r["sums"][0.0]["hinge"], 10.0 * np.exp(-9.0), rtol=1e-12)
    np.testing.assert_allclose(r["total"]["softmax"], 1.0, rtol=1e-12)
    np.testing.assert_allclose(r["total"]["hinge"].min(), 2.0 * np.exp(-1.0), rtol=1e-12)
    np.testing.assert_allclose(r["total"]["hinge"].max(), 1.0 + np.exp(-2.0), rtol=1e-3)


def test_entropy(tmp_path: Path):
    r = run("06_entropy", tmp_path)
    assert (r["coin"], r["one_hot"]) == (pytest.approx(1.0, rel=1e-14), 0.0)
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    np.testing.assert_allclose(r["cross"], -np.sum(xlogy(p, q)), rtol=1e-13)
    np.testing.assert_allclose(r["split"], [scipy.stats.entropy(p), rel_entr(p, q).sum()], rtol=1e-13)
    kl = dict(zip(r["names"], r["kl"], strict=True))
    np.testing.assert_allclose(kl["Gaussian ‖ Gaussian"], np.log(2.0) + 2.0 / 8.0 - 0.5, rtol=1e-12)
    gamma, weibull = scipy.stats.gamma(2.0, scale=2.0), scipy.stats.weibull_min(1.5, scale=4.5)
    student = scipy.stats.t(3.0)
    normal = scipy.stats.norm()
    # scipy's `expect` would sum log-densities of -inf beyond its own ends; the bounds leave out less than 1e-13.
    for name, a, b, low, high in (
        ("Gamma ‖ Weibull", gamma, weibull, 0.0, 80.0),
        ("Gaussian ‖ StudentT", normal, student, -9.0, 9.0),
        ("Laplace ‖ Gaussian", scipy.stats.laplace(), scipy.stats.norm(0.0, 1.5), -40.0, 40.0),
        ("Beta ‖ Kumaraswamy", scipy.stats.beta(2.0, 3.0), None, 0.0, 1.0),
        (
            "Exponential ‖ LogNormal",
            scipy.stats.expon(scale=2.0),
            scipy.stats.lognorm(1.0, scale=np.exp(0.3)),
            0.0,
            80.0,
        ),
    ):
        other = kumaraswamy_log_pdf if b is None else b.logpdf

        def integrand(t: float, a: Any = a, other: Any = other) -> float:
            return float(a.pdf(t) * (a.logpdf(t) - other(t)))

        want = scipy.integrate.quad(integrand, low, high, points=[0.5 * (low + high)], limit=500, epsabs=1e-12)[0]
        np.testing.assert_allclose(kl[name], want, rtol=1e-7, err_msg=name)
    k = np.arange(200)
    poisson, negative = scipy.stats.poisson(4.0), scipy.stats.nbinom(5.0, 5 / 9)
    want = np.sum(poisson.pmf(k) * (poisson.logpmf(k) - negative.logpmf(k)))
    np.testing.assert_allclose(kl["Poisson ‖ NegativeBinomial"], want, rtol=1e-9)
    assert np.all(np.abs(r["sampled"] - r["kl"]) < 4.0 * r["errors"])
    np.testing.assert_allclose(r["mle"], 0.7, rtol=1e-6)
    np.testing.assert_allclose(r["mean_nll"], -(0.7 * np.log(r["heads"]) + 0.3 * np.log1p(-r["heads"])), rtol=1e-11)
    # The gamma has mean 4, std sqrt(8) and excess kurtosis 3, which give the standard errors of the fit.
    errors = np.sqrt(8.0 / r["n"]) * np.array([1.0, np.sqrt(5.0 / 4.0)])
    assert np.all(np.abs(np.array(r["gauss"]) - [4.0, np.sqrt(8.0)]) < 4.0 * errors)


def kumaraswamy_log_pdf(t: float) -> float:
    """Return the log density of the Kumaraswamy distribution with parameters 2 and 2.5."""
    return float(np.log(5.0 * t) + 1.5 * np.log1p(-t * t))
