"""What every method of every distribution costs: CPU seconds for 100,000 rows, one table.

    python benchmarks/distributions.py [--only PATTERN] [--methods crps entropy ...] [--rows 512] [--limit 1.0]

Families have typical parameters, one row each, and so have mixtures of five of each, truncations, and what is nested
twice. Few rows are measured and scaled up, as many as run together in a block of the real thing; a method that takes
longer than `--limit` seconds for an eighth of them is not tried with more. A dash is a method that is not there.
"""

import argparse
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import likelinet as ll
from likelinet.core.domains import Domain
from likelinet.distributions import Distribution
from likelinet.distributions.rooms import families

METHODS = ("log_prob", "cdf", "log_sf", "ppf", "interval", "mean", "var", "mode", "entropy", "kl", "crps", "sample")
N, K, TRIALS = 100_000, 5, 1000.0
TWICE: dict[str, Callable[[int], Distribution]] = {
    "mixture(truncated(Gaussian))": lambda n: mixture(truncated(one(ll.Gaussian, (n, K)))),
    "mixture(truncated(StudentT))": lambda n: mixture(truncated(one(ll.StudentT, (n, K)))),
    "mixture(truncated(SkewNormal))": lambda n: mixture(truncated(one(ll.SkewNormal, (n, K)))),
    "truncated(mixture(SkewNormal))": lambda n: truncated(mixture(one(ll.SkewNormal, (n, K)))),
    "mixture(zero_inflated(Gamma))": lambda n: mixture(ll.ZeroInflated(one(ll.Gamma, (n, K)), 0.3)),
    "mixture(discretised(Gaussian))": lambda n: mixture(ll.Discretised(one(ll.Gaussian, (n, K)))),
    "mixture(log(Gaussian))": lambda n: mixture(ll.Transformed(one(ll.Gaussian, (n, K)), ll.Log())),
    "mixture(logit(Gaussian))": lambda n: mixture(ll.Transformed(one(ll.Gaussian, (n, K)), ll.Logit())),
    "log(mixture(Gaussian))": lambda n: ll.Transformed(mixture(one(ll.Gaussian, (n, K))), ll.Log()),
    "truncated(zero_inflated(Gamma))": lambda n: truncated(ll.ZeroInflated(one(ll.Gamma, (n,)), 0.3)),
}


def drawn(rng: np.random.Generator, domain: Domain, shape: tuple[int, ...]) -> np.ndarray:
    """Return typical values of a parameter."""
    if domain.integer:
        return np.full(shape, TRIALS)
    if np.isfinite(domain.low) and np.isfinite(domain.high):
        return domain.low + (domain.high - domain.low) * rng.uniform(0.1, 0.9, shape)
    return np.exp(rng.uniform(-0.5, 1.5, shape)) if domain.low >= 0.0 else rng.uniform(-2.0, 2.0, shape)


def one(family: type[Distribution], shape: tuple[int, ...], seed: int = 0) -> Distribution:
    """Return a batch of a family."""
    rng = np.random.default_rng(seed)
    return family(**{p.name: drawn(rng, p.domain, shape) for p in family.parameters})


def mixture(components: Distribution) -> Distribution:
    """Return mixtures of equal weights."""
    return ll.Mixture(components, np.zeros(components.batch_shape))


def truncated(base: Distribution) -> Distribution:
    """Return truncations to about the middle four fifths of each row."""
    y = np.sort(base.sample(20, rng=1), axis=0)
    return ll.Truncated(base, y[2] - 0.5, y[17] + 0.5)


def made() -> Iterator[tuple[str, Callable[[int], Distribution]]]:
    """Return what is measured by name: functions of the number of rows."""
    all_families = [c for room in ("real", "positive", "bounded", "counts") for c in families(room)]
    for c in all_families:
        yield c.__name__, lambda n, c=c: one(c, (n,))
    for c in all_families:
        yield f"mixture({c.__name__})", lambda n, c=c: mixture(one(c, (n, K)))
    for c in all_families:
        yield f"truncated({c.__name__})", lambda n, c=c: truncated(one(c, (n,)))
    yield from TWICE.items()


def other(d: Distribution) -> Distribution:
    """Return another distribution like `d`, for a divergence."""
    return d[::-1]


def call(method: str, d: Distribution, y: np.ndarray) -> Callable[[], object]:
    """Return what is timed."""
    match method:
        case "ppf":
            return lambda: d.ppf(0.3)
        case "interval":
            return lambda: d.interval(0.9)
        case "kl":
            return lambda: d.kl_divergence(other(d))
        case "sample":
            return lambda: d.sample(rng=0)
        case "log_prob" | "cdf" | "log_sf" | "crps":
            return lambda: getattr(d, method)(y)
    return getattr(d, method)


def seconds(make: Callable[[int], Distribution], method: str, rows: int, limit: float) -> float:
    """Return CPU seconds for 100,000 rows; nan where the method is undefined."""
    took = np.nan
    for n in (2, rows // 8, rows):  # the first one imports what there is to import
        d = make(n)
        y = np.broadcast_to(d.sample(rng=2), d.batch_shape)
        run = call(method, d, y)
        start = time.process_time()
        try:
            run()
        except ll.UndefinedError:
            return np.nan
        took = time.process_time() - start
        if took > limit / 8.0 and n > 2:
            break
    return took * N / len(y)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", default="", help="a regular expression that names must match")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--rows", type=int, default=512)
    parser.add_argument("--limit", type=float, default=1.0, metavar="SECONDS")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'CPU seconds for 100,000 rows':34}" + "".join(f"{m:>9}" for m in options.methods), flush=True)
    for name, make in made():
        if not re.search(options.only, name):
            continue
        line = f"{name:34}"
        for method in options.methods:
            took = seconds(make, method, options.rows, options.limit)
            line += f"{'-':>9}" if np.isnan(took) else f"{took:9.2f}" if took < 100.0 else f"{took:9.0f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
