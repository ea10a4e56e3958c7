"""A table like that of all flights from New York in 2013: a fit by default beside LightGBM's quantile models."""

import time
import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np

ROWS, HELD_OUT = 336_776, 50_000
LEVELS = (0.1, 0.5, 0.9)
TREES = 500


def has_lightgbm() -> bool:
    """Whether the peer is installed."""
    return find_spec("lightgbm") is not None


def table(rows: int) -> tuple[Any, Any]:
    """Return a DataFrame of eleven features and the arrival delay, and one of held-out rows.

    The delay at arrival is that at departure, less what is made up on the way, with noise whose tails and spread
    depend on the hour and the way.
    """
    import pandas as pd

    rng, n = np.random.default_rng(0), rows + HELD_OUT
    origin, carrier = rng.integers(0, 3, n), rng.choice(16, n, p=_falling(16))
    dest, wind = rng.choice(100, n, p=_falling(100)), rng.normal(size=n)
    month, day, hour = rng.integers(1, 13, n), rng.integers(1, 29, n), rng.choice(np.arange(5, 24), n)
    scheduled = 100 * hour + 5 * rng.integers(0, 12, n)
    distance = np.round(200.0 + 2300.0 * rng.beta(1.2, 2.0, 100))[dest] + 10.0 * origin
    late = 0.25 + 0.02 * (hour - 5) + 0.1 * np.isin(month, (6, 7, 12)) + 0.1 * rng.normal(size=16)[carrier]
    delay = np.where(rng.random(n) < late, rng.lognormal(3.0, 1.2, n), rng.normal(-4.0, 3.5, n)).round()
    effect = (4.0 * rng.normal(size=100))[dest] + (3.0 * rng.normal(size=16))[carrier]
    air_time = distance / 7.5 * (1.0 + 0.06 * wind) + 18.0
    effect += 0.04 * distance * wind / 7.5 - 0.004 * distance + 4.0 * np.cos(month * np.pi / 6.0)
    spread = 7.0 + 0.4 * (hour - 5) + 0.003 * distance + 3.0 * (origin == 1)
    noise = rng.standard_t(4.0, n) + np.where(rng.random(n) < 0.05, rng.exponential(4.0, n), 0.0)
    y = delay + effect + spread * noise
    clock = (scheduled // 100 * 60 + scheduled % 100 + delay) % 1440
    departed = np.where(rng.random(n) < 0.025, np.nan, clock // 60 * 100 + clock % 60)
    frame = pd.DataFrame(
        {
            "month": month,
            "day": day,
            "hour": hour,
            "sched_dep_time": scheduled,
            "dep_time": departed,
            "dep_delay": np.where(np.isnan(departed), np.nan, delay),
            "carrier": _words("C", carrier),
            "origin": np.array(["EWR", "JFK", "LGA"])[origin],
            "dest": _words("D", dest),
            "distance": distance,
            "air_time": air_time.round(),
            "arr_delay": y.round(),
        }
    )
    return frame[:rows], frame[rows:]


def ours(rows: int = ROWS, family: str = "gaussian") -> dict[str, Any]:
    """Measure a fit with all else by default, and its quantiles of the held-out rows."""
    import likelinet as ll

    warnings.simplefilter("ignore")  # notes on missing cells and suspicious y
    train, held = table(rows)
    start, began = time.perf_counter(), time.process_time()
    model = ll.Model({"quality": "plain", "distribution": {"kind": family}}).fit(train, "arr_delay", progress=False)
    times = {"seconds": time.perf_counter() - start, "processor": time.process_time() - began}
    d, y = model.predict_dist(held), held["arr_delay"].to_numpy()
    quantiles = [d.ppf(q) for q in LEVELS]
    return {**times, "score": pinball(quantiles, y), "epochs": len(model.history.epochs)}


def lightgbm(rows: int = ROWS, threads: int | None = None) -> dict[str, float]:
    """Measure a model of 500 trees for each of three quantiles, with its own handling of categories.

    Its threads wait for each other actively: on a busy machine one alone may be faster than all.
    """
    import lightgbm as peer

    train, held = (_with_categories(part) for part in table(rows))
    start, began = time.perf_counter(), time.process_time()
    options = {"objective": "quantile", "n_estimators": TREES, "n_jobs": threads, "verbose": -1}
    models = [peer.LGBMRegressor(alpha=q, **options) for q in LEVELS]
    for model in models:
        model.fit(train.drop(columns="arr_delay"), train["arr_delay"])
    times = {"seconds": time.perf_counter() - start, "processor": time.process_time() - began}
    quantiles = [model.predict(held.drop(columns="arr_delay")) for model in models]
    return {**times, "score": pinball(quantiles, held["arr_delay"].to_numpy())}


def pinball(quantiles: list[Any], y: np.ndarray) -> float:
    """Return twice the pinball loss averaged over rows and levels, which is the CRPS by three quantiles."""
    each = [np.maximum(q * (y - at), (q - 1.0) * (y - at)).mean() for q, at in zip(LEVELS, quantiles, strict=True)]
    return 2.0 * float(np.mean(each))


def _falling(many: int) -> np.ndarray:
    share = np.arange(1.0, many + 1.0) ** -1.0
    return share / share.sum()


def _words(letter: str, codes: np.ndarray) -> np.ndarray:
    return np.array([f"{letter}{j:04d}" for j in range(codes.max() + 1)], object)[codes]


def _with_categories(frame: Any) -> Any:
    """Return text as categories that are the same in both parts."""
    import pandas as pd

    known = {"carrier": ("C", 16), "dest": ("D", 100)}
    levels = {name: _words(letter, np.arange(many)) for name, (letter, many) in known.items()}
    levels["origin"] = np.array(["EWR", "JFK", "LGA"])
    return frame.assign(**{name: pd.Categorical(frame[name], each) for name, each in levels.items()})
