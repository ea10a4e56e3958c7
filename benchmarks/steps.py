"""Time of one training step on five workloads, ours beside the peers', as ratios within one run.

    python benchmarks/steps.py [WORKLOAD ...] [--peers numpy-floor torch sklearn] [--rounds 5]

A step is forward, NLL, backward and update on one minibatch in float32, gathered from a shuffled table. Ours is the
whole path as a user has it, `Model.fit`, with what it does beside: loss recorded and checked, clipping, weights, scales
by a softplus with a floor. "numpy-floor" is a NumPy step fused by hand for one network: what a careful engine can
reach, not a library. Every peer runs in a process of its own, in turns; the table gives medians over the rounds, and
the spread of the ratios.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A network with its data."""

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    batch: int
    rows: int
    family: str
    activation: str
    optimizer: str
    steps: int

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y: y is one number, a class code, or x itself as 0 and 1."""
        rng = np.random.default_rng(0)
        x = rng.random((self.rows, self.inputs), dtype=np.float32)
        if self.family == "gaussian":
            return x, rng.standard_normal(self.rows).astype(np.float32)
        if self.family == "categorical":
            return x, rng.integers(0, self.outputs, self.rows)
        x = (x > 0.5).astype(np.float32)
        return x, x

    def sizes(self) -> list[tuple[int, int]]:
        """Return (inputs, outputs) of each affine layer."""
        widths = (self.inputs, *self.hidden, self.outputs)
        return list(pairwise(widths))


WORKLOADS = {
    "uci": Workload(13, (50,), 2, 32, 4096, "gaussian", "relu", "adam", 1500),
    "tab": Workload(8, (64, 64), 2, 128, 8192, "gaussian", "relu", "adam", 800),
    "seed": Workload(784, (50,), 10, 100, 12000, "categorical", "sigmoid", "sgd", 400),
    "mnist": Workload(784, (512, 512), 10, 256, 12000, "categorical", "relu", "adam", 100),
    "ae": Workload(784, (256, 32, 256), 784, 128, 12000, "bernoulli", "relu", "adam", 300),
}
LIMITS = {"uci": 2.5, "tab": 2.0, "seed": 2.0, "mnist": 2.0, "ae": 2.0}


def best_of(run: Callable[[int], None], steps: int) -> float:
    """Return the least seconds per step of four timings."""
    run(max(10, steps // 5))
    times = []
    for _ in range(4):
        start = time.perf_counter()
        run(steps)
        times.append((time.perf_counter() - start) / steps)
    return min(times)


def likelinet(w: Workload) -> float:
    """Time `Model.fit`: the difference between a long and a short fit, so that set-up does not count."""
    import likelinet as ll

    x, y = w.data()

    def fit(steps: int) -> float:
        config = ll.ModelConfig.model_validate(
            {
                "data": {"standardize": False},
                "network": {"hidden": list(w.hidden), "activation": w.activation},
                "distribution": {"kind": w.family},
                "training": {
                    "optimizer": {"kind": w.optimizer, "learning_rate": 1e-3},
                    "steps": steps,
                    "epochs": 10**4,
                    "batch_size": w.batch,
                    "validation_fraction": 0.0,
                },
            }
        )
        start = time.perf_counter()
        ll.Model(config).fit(x, y, progress=False)
        return time.perf_counter() - start

    fit(10)
    short, long = zip(*((fit(10), fit(10 + w.steps)) for _ in range(4)), strict=True)
    return (min(long) - min(short)) / w.steps


def numpy_floor(w: Workload) -> float:
    """Time a step written by hand for this network alone: one flat vector, everything in place, no checks."""
    from scipy.special import expit

    x, y = w.data()
    rng, b = np.random.default_rng(0), w.batch
    sizes = w.sizes()
    theta = np.concatenate([np.r_[rng.standard_normal(k * m) * k**-0.5, np.zeros(m)] for k, m in sizes]).astype("f4")
    grad, m1, m2, spare = (np.zeros_like(theta) for _ in range(4))
    at, params, grads = 0, [], []
    for k, m in sizes:
        cut = slice(at, at + k * m), slice(at + k * m, at + k * m + m)
        params.append((theta[cut[0]].reshape(k, m), theta[cut[1]]))
        grads.append((grad[cut[0]].reshape(k, m), grad[cut[1]]))
        at += k * m + m
    outs = [np.empty((b, m), "f4") for _, m in sizes]
    deltas = [np.empty((b, k), "f4") for k, _ in sizes]
    ones, xb, done, each = np.ones(b, "f4"), np.empty((b, w.inputs), "f4"), 0, np.float32(1 / b)

    def head(z: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Turn raw outputs into their gradient."""
        if w.family == "gaussian":
            inverse = np.exp(-z[:, 1])
            distance = z[:, 0] - y[rows]
            weighted = distance * inverse
            z[:, 0] = weighted * each
            z[:, 1] = (1 - weighted * distance) * np.float32(0.5 / b)
        elif w.family == "categorical":
            z -= z.max(1, keepdims=True)
            np.exp(z, out=z)
            z /= z.sum(1, keepdims=True)
            z[np.arange(b), y[rows]] -= 1
            z *= each
        else:
            expit(z, out=z)
            z -= xb
            z *= each
        return z

    def step(rows: np.ndarray) -> None:
        nonlocal done
        np.take(x, rows, 0, out=xb, mode="clip")
        inputs = [xb]
        for i, (weight, bias) in enumerate(params):
            z = np.matmul(inputs[i], weight, out=outs[i])
            z += bias
            if i < len(w.hidden):
                np.maximum(z, 0, out=z) if w.activation == "relu" else expit(z, out=z)
            inputs.append(z)
        delta = head(inputs[-1], rows)
        for i in range(len(sizes) - 1, -1, -1):
            np.matmul(inputs[i].T, delta, out=grads[i][0])
            np.matmul(ones, delta, out=grads[i][1])
            if i:
                back, a = np.matmul(delta, params[i][0].T, out=deltas[i]), inputs[i]
                back *= a > 0 if w.activation == "relu" else a * (1 - a)
                delta = back
        done += 1
        if w.optimizer == "sgd":
            np.multiply(grad, np.float32(0.1), out=spare)
            np.subtract(theta, spare, out=theta)
            return
        rate = 1e-3 * (1 - 0.999**done) ** 0.5 / (1 - 0.9**done)
        for start in range(0, len(theta), 16384):
            g, m, v, t, p = (a[start : start + 16384] for a in (grad, m1, m2, spare, theta))
            m *= 0.9
            np.multiply(g, 0.1, out=t)
            m += t
            v *= 0.999
            g *= g
            g *= 0.001
            v += g
            np.sqrt(v, out=t)
            t += 1e-8
            np.divide(m, t, out=t)
            t *= rate
            p -= t

    def run(steps: int) -> None:
        order, at = rng.permutation(w.rows), 0
        for _ in range(steps):
            if at + b > w.rows:
                order, at = rng.permutation(w.rows), 0
            step(order[at : at + b])
            at += b

    return best_of(run, w.steps)


def torch(w: Workload) -> float:
    """Time PyTorch in eager mode."""
    import torch
    from torch import nn
    from torch.nn import functional

    x, y = (torch.from_numpy(a) for a in w.data())
    layers: list[nn.Module] = []
    for i, (k, m) in enumerate(w.sizes()):
        layers += [
            nn.Linear(k, m),
            *([nn.ReLU() if w.activation == "relu" else nn.Sigmoid()] if i < len(w.hidden) else []),
        ]
    network = nn.Sequential(*layers)
    optimizer = (
        torch.optim.Adam(network.parameters(), 1e-3)
        if w.optimizer == "adam"
        else torch.optim.SGD(network.parameters(), 0.1)
    )

    def loss(rows: Any) -> Any:
        z = network(x[rows])
        if w.family == "gaussian":
            return functional.gaussian_nll_loss(z[:, 0], y[rows], functional.softplus(z[:, 1]) + 1e-6)
        if w.family == "categorical":
            return functional.cross_entropy(z, y[rows])
        return functional.binary_cross_entropy_with_logits(z, y[rows])

    def run(steps: int) -> None:
        order, at = torch.randperm(w.rows), 0
        for _ in range(steps):
            if at + w.batch > w.rows:
                order, at = torch.randperm(w.rows), 0
            optimizer.zero_grad(set_to_none=True)
            loss(order[at : at + w.batch]).backward()
            optimizer.step()
            at += w.batch

    return best_of(run, w.steps)


def sklearn(w: Workload) -> float:
    """Time scikit-learn's MLP, the difference between a long and a short fit."""
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.simplefilter("ignore")
    x, y = w.data()
    kind = MLPClassifier if w.family == "categorical" else MLPRegressor
    per_epoch = -(-w.rows // w.batch)
    epochs = max(2, w.steps // per_epoch)

    def fit(n: int) -> float:
        start = time.perf_counter()
        kind(
            hidden_layer_sizes=w.hidden,
            activation="relu" if w.activation == "relu" else "logistic",
            solver=w.optimizer,
            batch_size=w.batch,  # pyright: ignore[reportArgumentType]
            alpha=0,
            tol=0,
            n_iter_no_change=10**6,
            learning_rate_init=0.1 if w.optimizer == "sgd" else 1e-3,
            momentum=0,
            max_iter=n,
            random_state=0,
        ).fit(x, y)
        return time.perf_counter() - start

    fit(1)
    short, long = zip(*((fit(1), fit(1 + epochs)) for _ in range(3)), strict=True)
    return (min(long) - min(short)) / (epochs * per_epoch)


PEERS = {"likelinet": likelinet, "numpy-floor": numpy_floor, "torch": torch, "sklearn": sklearn}


def main() -> None:
    """Print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--peers", nargs="+", default=["numpy-floor", "torch", "sklearn"], choices=list(PEERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(PEERS[options.one](WORKLOADS[options.workloads[0]]))
        return
    print(f"{'workload':9s} {'peer':12s} {'ours µs':>9s} {'peer µs':>9s} {'ours ÷ peer':>12s}  lowest … highest")
    for name in options.workloads:
        times = {peer: [] for peer in ("likelinet", *options.peers)}
        for _ in range(options.rounds):
            for peer, seconds in times.items():
                command = [sys.executable, __file__, name, "--one", peer]
                seconds.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        ours = np.array(times.pop("likelinet"))
        for peer, seconds in times.items():
            ratio = ours / np.array(seconds)
            target = f"   target ≤ {LIMITS[name]}" if peer == "numpy-floor" else ""
            print(
                f"{name:9s} {peer:12s} {np.median(ours) * 1e6:9.1f} {np.median(seconds) * 1e6:9.1f} "
                f"{np.median(ratio):12.2f}  {ratio.min():.2f} … {ratio.max():.2f}{target}",
                flush=True,
            )


if __name__ == "__main__":
    main()
