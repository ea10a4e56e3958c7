"""The examples on losses, gradients and networks: what they show, against closed forms and code of its own."""

from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import scipy.special

from tests.test_examples import run


def test_three_losses(tmp_path: Path):
    result = run("07_three_losses", tmp_path)
    for values, gradients, fits in result["differences"]:
        assert max(values, gradients) < 1e-12
        assert fits < 1e-6
    # A pair stays together with probability (B - 1) / (n - 1).
    np.testing.assert_allclose(result["kept"], (2.0 ** np.arange(7) - 1.0) / 63.0, atol=0.01)
    alone, missed, true = result["penalised"]
    assert alone + missed == pytest.approx(true, rel=1e-6)
    assert abs(missed) > 0.1 * abs(true)


def test_gradient_descent(tmp_path: Path):
    result = run("08_gradient_descent", tmp_path)
    np.testing.assert_allclose(result["ratios"], 1.0, atol=0.03)
    assert result["ratios"][-1] == pytest.approx(1.0, abs=1e-4)
    k = np.arange(21)[:, None]
    for rate, path in result["paths"].items():  # each step multiplies the distance by 1 - rate · curvature
        np.testing.assert_allclose(path, 1.0 - (1.0 - rate * np.array([2.0, 3.0])) ** k, atol=1e-13)
    assert result["steps"][0.0] == int(np.ceil(np.log(1e-3) / np.log(1.0 - 0.018 * 2.0)))
    assert result["steps"][0.7] < 0.5 * result["steps"][0.0]
    curves = result["curves"]
    assert all(c.min() > -1e-6 for c in curves.values())  # certain: nothing is below the least squares
    assert curves[16, 0.02][1] < 0.1 * curves[512, 0.02][1]
    assert result["best"] < 160  # certain: of 200 epochs, it stopped after 40 without progress


def test_backpropagation(tmp_path: Path):
    result = run("09_backpropagation", tmp_path)
    x = np.array([2.0, -1.0, -3.0, -2.0, -3.0])  # w0, x0, w1, x1, w2

    def neuron(v: np.ndarray) -> float:
        return float(scipy.special.expit(v[0] * v[1] + v[2] * v[3] + v[4]))

    values, gradients = result["circuits"]["neuron"]
    assert values["a"] == pytest.approx(neuron(x), rel=1e-14)
    found = [gradients[name] for name in ("w0", "x0", "w1", "x1", "w2")]
    np.testing.assert_allclose(found, scipy.optimize.approx_fprime(x, neuron), atol=1e-6)
    np.testing.assert_allclose(found, [-0.20, 0.39, -0.39, -0.59, 0.20], atol=0.005)
    values, gradients = result["circuits"]["(x + y) z"]
    assert (values["f"], gradients["x"], gradients["y"], gradients["z"]) == (-12.0, -4.0, -4.0, 3.0)
    values, gradients = result["circuits"]["apples"]
    found = values["price"], gradients["apple"], gradients["apples"], gradients["tax"]
    np.testing.assert_allclose(found, [220.0, 2.2, 110.0, 200.0], rtol=1e-14)
    values, gradients = result["circuits"]["fruit"]
    found = values["price"], gradients["apple"], gradients["apples"], gradients["tax"]
    np.testing.assert_allclose(found, [715.0, 2.2, 110.0, 650.0], rtol=1e-14)
    assert result["dw11"][0] == pytest.approx(result["dw11"][1], abs=1e-13)
    assert result["table"] == [-2.5, 0.6, 0.0]
    for order, (first, second, *_) in result["worst"].items():  # h = 0.1 and 0.01
        assert np.log10(first / second) == pytest.approx(order, abs=0.2)


def test_learning_slowdown(tmp_path: Path):
    result = run("10_learning_slowdown", tmp_path)
    for name, rate in (("squared error", 0.15), ("cross-entropy", 0.15), ("cross-entropy, slow", 0.005)):
        for i, (w, b) in enumerate(((0.6, 0.9), (2.0, 2.0))):
            for _ in range(300):
                a = scipy.special.expit(w + b)
                step = rate * (a * a * (1.0 - a) if name == "squared error" else a)
                w, b = w - step, b - step
            end_w, end_b, outputs = result["runs"][name]
            found = end_w[i], end_b[i], outputs[-1, i]
            np.testing.assert_allclose(found, [w, b, scipy.special.expit(w + b)], rtol=1e-12)
    end_w, end_b, outputs = result["runs"]["squared error"]
    printed = [[-1.28, -0.68], [-0.98, -0.68], [0.09, 0.20]]
    np.testing.assert_allclose([end_w, end_b, outputs[-1]], printed, atol=0.005)
    np.testing.assert_allclose(result["runs"]["cross-entropy"][2][-1], 0.012, atol=0.0005)


def test_perceptrons(tmp_path: Path):
    result = run("11_perceptrons", tmp_path)
    inputs = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    for gate, truth in (("AND", [0, 0, 0, 1]), ("OR", [0, 1, 1, 1]), ("NAND", [1, 1, 1, 0])):
        weights, sweeps = result["learnt"][gate]
        assert ((inputs @ weights > 0) == truth).all()
        assert 0 < sweeps < 10
    assert result["learnt"]["XOR"][1] == -1
    assert result["nll"][0] == pytest.approx(np.log(2.0), abs=1e-8)
    np.testing.assert_allclose(result["probabilities"][0], 0.5, atol=1e-4)
    np.testing.assert_allclose(result["probabilities"][1], [0.0, 1.0, 1.0, 0.0], atol=1e-3)
    x, w1, b1, w2, b2 = result["weights"]
    np.testing.assert_allclose(result["two"], (x @ w1 + b1) @ w2 + b2, atol=1e-12)


def test_vanishing_gradients(tmp_path: Path):
    result = run("12_vanishing_gradients", tmp_path)
    # The same network by hand, for sigmoid: forward, then the chain rule from the last layer to the first.
    logs = []
    for seed in range(2):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_normal((100, 100)), rng.standard_normal(100)
        weights = [s * rng.standard_normal((100, n)) for s, n in [(0.13, 100), *[(0.1, 100)] * 9, (0.01, 1)]]
        hidden = [x]
        for w in weights[:-1]:
            hidden.append(scipy.special.expit(hidden[-1] @ w))
        error, norms = (hidden[-1] @ weights[-1] - y[:, None]) / 100.0, []
        for above, below, h in zip(weights[:0:-1], hidden[-2::-1], hidden[:0:-1], strict=True):
            error = error @ above.T * h * (1.0 - h)
            norms.append(np.linalg.norm(below.T @ error))
        logs.append(np.log(norms[::-1]))
    np.testing.assert_allclose(result["norms"]["sigmoid"], np.exp(np.mean(logs, axis=0)), rtol=1e-10)
    ratio = result["ratio"]
    assert ratio["sigmoid"] < 1e-4
    assert all(0.01 < ratio[name] < 10.0 for name in ("relu", "tanh", "sigmoid, both"))
    assert 0.01 < ratio["sigmoid, residual"] < 1.0
    assert result["by_depth"]["sigmoid"][-1] == ratio["sigmoid"]
