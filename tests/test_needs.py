"""What a fit takes is estimated before it begins, and refused in a sentence where there is not so much."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.core import machine
from likelinet.model import needs
from tests.small import COLUMNS, cli, quick, table, write_csv

X, y = table()
MILLION = 10**6


@pytest.fixture(autouse=True)
def eight_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the machine eight gigabytes, whichever it is."""
    monkeypatch.setattr(needs, "memory", lambda: 8 * 10**9)


@pytest.mark.parametrize(
    ("declared", "key"),
    [
        ({"ensemble": MILLION, "network": {"hidden": [128, 128]}}, "lower ensemble"),
        ({"ensemble": 10**30}, "lower ensemble"),
        ({"network": {"hidden": [10**9]}}, r"lower network\.hidden"),
        ({"network": {"hidden": [10**19]}}, r"lower network\.hidden"),
        ({"network": {"hidden": [30_000, 30_000]}}, r"lower network\.hidden"),
        ({"distribution": {"kind": "mixture", "components": MILLION}, "network": {"hidden": [128]}}, "a simpler one"),
        ({"distribution": {"kind": "mixture", "components": 10**12}}, "a simpler one"),
        ({"training": {"epochs": 10**30}}, r"lower training\.epochs"),
        ({"training": {"batch_size": 60}, "network": {"hidden": [3 * 10**7]}}, r"lower training\.batch_size"),
        ({"groups": [{"network": {"hidden": []}}, {"network": {"hidden": [10**10]}}], "ensemble": 2,
          "training": {"folds": 2}}, r"groups\.1: .*lower network\.hidden"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused_with_its_key(declared: dict[str, Any], key: str):
    with pytest.raises(ll.ConfigError, match=key) as found:
        quick(**declared).fit(X, y)
    assert "but there are 8.0 GB" in str(found.value)


def test_a_wide_code_is_refused():
    config = {"network": {"kind": "vae", "latent": 10**8}}
    with pytest.raises(ll.ConfigError, match=r"lower network\.latent"):
        ll.Model(config).fit(X)


def test_a_table_of_very_many_inputs_names_the_column(monkeypatch: pytest.MonkeyPatch):
    levels = np.array([f"v{i % 60}" for i in range(600)])
    data = {"city": levels, "a": np.arange(600.0) % 7.0}
    monkeypatch.setattr(needs, "memory", lambda: 200_000)
    with pytest.raises(ll.DataError, match=r"600 rows of .* numbers; exclude 'city', which has"):
        quick(network={"hidden": []}).fit(data, np.sin(np.arange(600.0)))


def test_numbers_of_a_fit_that_is_not_refused():
    model = quick(ensemble=3).fit(X, y)
    found = needs.needs(model._fit, len(X))
    assert (found.members, found.members * found.weights) == (3, model.n_parameters)
    per_weight = (needs.KEPT + 2) * 4
    assert found.networks == model.n_parameters * per_weight
    assert found.work >= 3 * 3 * found.weights * len(X)


def test_long_trainings_are_noted_but_not_with_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(needs, "SPEED", 1.0)
    with pytest.warns(UserWarning, match=r"takes .* hours or more .*training\.time bounds it"):
        quick().fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(training={"time": 100.0}).fit(X, y)


def test_a_model_that_goes_on_is_estimated_as_a_new_one(monkeypatch: pytest.MonkeyPatch):
    model = quick().fit(X, y)
    monkeypatch.setattr(needs, "SPEED", 1.0)
    with pytest.warns(UserWarning, match=r"takes .* hours or more .*training\.time bounds it"):
        model.fit(X, y, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.partial_fit(X, y)  # one pass
    before = model.predict(X)
    monkeypatch.setattr(needs, "memory", lambda: 1000)
    with pytest.raises(ll.ConfigError, match="but there are 1 MB"):
        model.fit(X, y, warm_start=True)
    np.testing.assert_array_equal(model.predict(X), before)


def test_check_estimates_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found: list[int] = []
    monkeypatch.setattr(needs, "batch_of", lambda _, n: found.append(n) or n)
    assert cli("check", write_csv(tmp_path / "t.csv", COLUMNS), "--target", "price", "--set", "quality=plain").code == 0
    assert found == [40]


def test_steps_bound_the_passes():
    def passes(**training: Any) -> float:
        return needs.needs(quick(training={"epochs": 2, "batch_size": 16, **training}).fit(X, y)._fit, len(X)).passes

    assert passes(steps=3, early_stopping=None) == 3 * 16 / len(X)
    assert passes(steps=1000, early_stopping=None) == passes(early_stopping=None) == 2


def test_check_shows_weights_and_memory_and_what_is_too_much(tmp_path: Path):
    file = write_csv(tmp_path / "t.csv", {"a": X[:, 0].tolist(), "y": y.tolist()})
    options = ("--target", "y", "--set", "quality=plain", "--set", "network.hidden=[4]")
    assert "1 network with 18 weights in all; training takes about 1 MB of memory." in cli("check", file, *options).out
    many = cli("check", file, *options, "--set", f"ensemble={10**9}")
    assert many.code == 2
    assert "lower\n    ensemble." in many.out or "lower ensemble." in many.out


@pytest.mark.parametrize(
    ("value", "expected"), [(999, "1 MB"), (35e6, "35 MB"), (2.34e9, "2.3 GB"), (3.2e20, "320000000000 GB")]
)
def test_bytes_in_words(value: float, expected: str):
    assert needs.in_bytes(value) == expected


def test_the_least_limit_of_all_groups_counts(tmp_path: Path):
    (tmp_path / "own").write_text("4:memory:/a/b\n1:cpu:/x\n0::/c\n", encoding="utf-8")
    for group, name, limit in [
        ("memory/a", "memory.limit_in_bytes", "700"),
        ("c", "memory.max", "max"),
        (".", "memory.max", "900"),
    ]:
        (tmp_path / group).mkdir(parents=True, exist_ok=True)
        (tmp_path / group / name).write_text(f"{limit}\n", encoding="ascii")
    assert sorted(machine._of_groups(tmp_path / "own", tmp_path)) == [700, 900]
    assert machine._of_groups(tmp_path / "none", tmp_path) == []
    assert machine.memory() is None or machine.memory() > 0
