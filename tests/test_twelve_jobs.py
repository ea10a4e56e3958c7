"""The blocks of the page of twelve jobs, those of each library one after the other, where it is installed."""

import re
import warnings
from pathlib import Path

import matplotlib
import pytest
from threadpoolctl import threadpool_limits

PAGE = (Path(__file__).parents[1] / "docs" / "user_guide" / "twelve_jobs.md").read_text(encoding="utf-8")
NEEDS = {
    "likelinet": "likelinet",
    "likelinet.sklearn": "sklearn",
    "NGBoost": "ngboost",
    "skpro": "skpro",
    "HistGradientBoosting": "sklearn",
    "statsmodels": "statsmodels",
    "lifelines": "lifelines",
}
JOBS = [job.partition("\n") for job in PAGE.split("\n## ")[1:]]
START = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]


def tabs(job: str) -> dict[str, str]:
    """Return what stands in each tab of a job."""
    return dict(re.findall(r"^:::\{tab-item\} (.*?)\n(.*?)^:::$", job, re.M | re.S))


def test_each_job_has_all_libraries():
    assert len(JOBS) == 12
    assert all([*tabs(job)] == [*NEEDS] for _, _, job in JOBS)


@pytest.mark.slow
@pytest.mark.parametrize("library", NEEDS)
def test_blocks(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip(NEEDS[library], reason="it is in the environment of .ci/run that has other libraries")
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    names: dict[str, object] = {}
    with warnings.catch_warnings(), threadpool_limits(1):  # threads of boosted trees wait for busy cores
        warnings.simplefilter("ignore")  # theirs are their own, and ours are of numbers out of range
        exec(START, names)
        for title, _, job in JOBS:
            for block in re.findall(r"```python\n(.*?)```", tabs(job)[library], re.S):
                exec(compile(block, f"{library}: {title}", "exec"), names)
    assert names["d" if library not in ("HistGradientBoosting", "lifelines") else "X_test"] is not None
