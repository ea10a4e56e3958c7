"""Which tests and doctests this environment cannot run: those of what it has not installed."""

import importlib.util

OF = {
    "skpro": ["*likelinet/skpro/*", "*tests/skpro/*"],
    "mapie": ["*tests/sklearn/test_mapie.py"],
    "optuna": ["*likelinet/selection/tuning.py"],
    "dask": ["*likelinet/distributed/frames.py"],
}
collect_ignore_glob = [tests for name, each in OF.items() if importlib.util.find_spec(name) is None for tests in each]
