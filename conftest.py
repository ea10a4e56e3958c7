"""Which tests and doctests this environment cannot run: those of what it has not installed."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("skpro") else ["*likelinet/skpro/*", "*tests/skpro/*"]
collect_ignore_glob += [] if importlib.util.find_spec("optuna") else ["*likelinet/selection/tuning.py"]
collect_ignore_glob += [] if importlib.util.find_spec("dask") else ["*likelinet/distributed/frames.py"]
