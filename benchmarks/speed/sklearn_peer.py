"""The training step of scikit-learn's multilayer perceptron."""

import time
import warnings

from speed.workloads import LEARNING_RATE, TIMINGS, Workload


def step_seconds(workload: Workload) -> float:
    """Return the seconds of one step: the difference between a long and a short fit, so that set-up does not count."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.simplefilter("ignore")  # that it has not converged
    x, y = workload.data()
    kind = MLPClassifier if workload.family == "categorical" else MLPRegressor

    def fit(epochs: int) -> float:
        start = time.perf_counter()
        kind(
            hidden_layer_sizes=workload.hidden,
            activation="relu" if workload.activation == "relu" else "logistic",
            solver=workload.optimizer,
            batch_size=workload.batch,  # pyright: ignore[reportArgumentType]
            alpha=0,
            tol=0,
            n_iter_no_change=10**6,
            learning_rate_init=LEARNING_RATE,
            momentum=0,
            max_iter=epochs,
            random_state=0,
        ).fit(x, y)
        return time.perf_counter() - start

    fit(1)
    short, long = zip(*((fit(1), fit(1 + workload.epochs)) for _ in range(TIMINGS)), strict=True)
    return (min(long) - min(short)) / (workload.epochs * workload.steps)
