"""A family that y plainly contradicts gets one note; one that fits gets none."""

import warnings
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import GaussianConfig
from likelinet.core.notes import FamilyNote
from likelinet.tables.table import as_table
from likelinet.targets.suggestion import suggested
from likelinet.targets.suitable import note_sentinels, note_unsuitable
from likelinet.targets.target import Naming

N = 200
GAUSSIAN = GaussianConfig()
X = np.random.default_rng(0).normal(size=(N, 2))


def notes(y: Any, distribution: dict[str, Any], **config: Any) -> list[str]:
    model = ll.Model({"data": {"features": []}, "distribution": distribution, **config})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, progress=False)
    return [str(w.message) for w in caught if "does not describe" in str(w.message)]


def draws(seed: int) -> dict[str, np.ndarray]:
    r = np.random.default_rng(seed)
    return {
        "zero and one": r.integers(0, 2, N),
        "one and two": r.integers(1, 3, N).astype(float),
        "grades": r.integers(1, 6, N),
        "signed grades": r.integers(-2, 3, N),
        "few counts": np.minimum(r.poisson(1.0, N), 6),
        "counts": r.poisson(9.0, N),
        "rings": r.negative_binomial(9, 0.5, N) + 1,
        "many zeros among large": np.where(r.random(N) < 0.4, 0, r.poisson(80.0, N)),
        "rain": np.where(r.random(N) < 0.3, 0.0, r.gamma(2.0, 3.0, N)),
        "half stars": r.integers(1, 11, N) / 2.0,
        "halves": np.round(8.0 + 2.0 * r.standard_normal(N)) / 2.0,
        "Kelvin": np.round(20.0 + 3.0 * r.standard_normal(N)) + 273.15,
        "whole numbers of either sign": np.round(4.0 * r.standard_normal(N)),
        "one of two prices": np.where(r.random(N) < 0.5, 1.25, 9.99),
        "incomes": np.exp(10.0 + 1.3 * r.standard_normal(N)),
    }


TRY = {
    "zero and one": "has two values only, 0 and 1, which 'gaussian' does not describe: try 'bernoulli'.",
    "one and two": "has two values only, 1 and 2, which 'gaussian' does not describe: try 'bernoulli'.",
    "grades": "holds 5 distinct whole numbers only, which 'gaussian' does not describe: try 'ordered_logistic' for "
    "grades, 'categorical' for classes.",
    "signed grades": "holds 5 distinct whole numbers only, which 'gaussian' does not describe: try 'ordered_logistic' "
    "for grades, 'categorical' for classes.",
    "few counts": "try 'poisson' or 'negative_binomial'.",
    "counts": "try 'poisson' or 'negative_binomial'.",
    "rings": "try 'poisson' or 'negative_binomial'.",
    "many zeros among large": "try 'poisson' or 'negative_binomial'.",
    "rain": "of the rows and positive elsewhere, which 'gaussian' does not describe: try {kind: hurdle, base: {kind: "
    "gamma}}.",
    "half stars": "holds 10 distinct numbers only, which 'gaussian' does not describe: try 'ordered_logistic' for "
    "grades, 'categorical' for classes.",
    "halves": "which 'gaussian' does not describe: try 'discretised' of the number of steps, y / 0.5.",
    "Kelvin": "which 'gaussian' does not describe: try 'discretised' of the number of steps, (y - 0.15) / 1.",
    "whole numbers of either sign": "which 'gaussian' does not describe: try 'discretised'.",
    "one of two prices": "has two values only, 1.25 and 9.99, which 'gaussian' does not describe: try 'bernoulli'.",
    "incomes": "is positive and very skewed, which 'gaussian' does not describe: try 'gamma' or 'log_normal'.",
}


@pytest.mark.parametrize("name", TRY)
def test_one_note_with_the_family_to_try(name: str):
    for seed in range(5):
        found = notes(draws(seed)[name], {"kind": "gaussian"})
        assert len(found) == 1
        assert found[0].endswith(TRY[name])


def test_a_note_on_steps_has_their_size_and_the_spread():
    y = np.tile(0.5 * np.arange(-5, 6), 19)[:N]
    assert notes(y, {"kind": "student_t"}) == [
        "y has values 0.5 apart and a spread of 1.6, which 'student_t' does not describe: try 'discretised' of the "
        "number of steps, y / 0.5."
    ]


def test_it_names_the_output():
    y = np.column_stack([X[:, 0], draws(0)["counts"]])
    assert notes(y, {"kind": "gaussian"}) == [
        "Output 2 of y holds whole numbers from 0 on, many of them alike, which 'gaussian' does not describe: try "
        "'poisson' or 'negative_binomial'."
    ]


FITS: dict[str, list[dict[str, Any]]] = {
    "zero and one": [{"kind": "bernoulli"}, {"kind": "categorical"}, {"kind": "binomial", "total_count": 1}],
    "grades": [{"kind": "ordered_logistic"}, {"kind": "discretised", "base": {"kind": "gaussian"}}],
    "counts": [{"kind": "poisson"}, {"kind": "zero_inflated", "base": {"kind": "poisson"}}],
    "rain": [{"kind": "hurdle", "base": {"kind": "gamma"}}, {"kind": "zero_inflated", "base": {"kind": "gamma"}}],
    "incomes": [{"kind": k} for k in ("gamma", "log_normal", "skew_normal", "cauchy", "mixture")],
}


@pytest.mark.parametrize("name", FITS)
def test_a_family_that_fits_gets_none(name: str):
    for distribution in FITS[name]:
        assert notes(draws(0)[name], distribution) == []


def test_ordinary_numbers_get_none():
    """Also such that x explains, that are rounded, or have many ties."""
    for seed in range(20):
        r = np.random.default_rng(seed)
        z = r.standard_normal(N)
        for y in (
            z,
            np.round(50.0 + 15.0 * z),  # ages
            np.round(z, 1),
            170.0 + 10.0 * z,
            np.abs(5.0 + z),
            np.exp(0.4 * z),  # a little skewed
            r.random(N),
            r.standard_t(2.0, N),
            np.maximum(z, -2.0),
            np.arange(N),
            1000 * r.integers(1, 100, N),
        ):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                note_unsuitable(y.astype(np.float64), np.ones(N), GAUSSIAN, Naming("y", "gaussian"))
                note_sentinels(y.astype(np.float64), GAUSSIAN, Naming("y", "gaussian"))


@pytest.mark.parametrize(("value", "outputs"), [(-200.0, 1), (-999.0, 2)])
def test_numbers_for_missing_cells_are_named(value: float, outputs: int):
    y = 5.0 + np.random.default_rng(0).random((N, 2))
    y[[7, 90, 150], 1] = value
    with pytest.warns(UserWarning, match="far from all others") as caught:
        ll.Model({"quality": "plain", "data": {"features": []}}).fit(X, y[:, 1] if outputs == 1 else y, progress=False)
    what = "y" if outputs == 1 else "Output 2 of y"
    assert [str(w.message) for w in caught] == [
        f"{what} has numbers far from all others, which may mean missing cells: {value:g} (rows 8, 91, 151); "
        "if they do, name them in data.missing."
    ]


def test_least_squares_is_a_loss():
    """A density of fixed scale is squared or absolute error, or a quantile, which may be asked of any y."""
    for distribution in ({"kind": "gaussian", "scale": 1.0}, {"kind": "asymmetric_laplace", "scale": 1.0, "tau": 0.9}):
        assert notes(draws(0)["zero and one"], distribution) == []


def test_few_rows_say_too_little():
    model = ll.Model({"quality": "plain", "data": {"features": []}})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X[:12], np.arange(12) % 2, progress=False)


@pytest.mark.parametrize("kind", ["gaussian", "student_t", "poisson", "beta"])
@pytest.mark.parametrize("form", [np.asarray, lambda y: np.asarray(y, dtype=object), list])
def test_true_and_false_are_no_numbers(kind: str, form: Any):
    words = rf"^y holds True and False, which are no numbers: use 'bernoulli', or make them 0 and 1 for '{kind}'\.$"
    with pytest.raises(ll.DataError, match=words):
        ll.Model({"quality": "plain", "distribution": {"kind": kind}}).fit(X, form(X[:, 0] > 0.0))


def test_the_parts_of_a_code_are_not_looked_at():
    """Without a target y is x, whatever that holds."""
    network = {"kind": "autoencoder", "encoder": [3], "latent": 1, "decoder": [3]}
    model = ll.Model({"quality": "plain", "network": network, "training": {"epochs": 1}})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(np.column_stack([X, X[:, 0] > 0.0]), progress=False)


def test_text_that_is_nearly_all_different_is_no_class():
    said = (
        r"^Target 'y' is text with 80 different values in 100 rows, like an identifier or a date: name another column"
    )
    with pytest.raises(ll.DataError, match=said):
        suggested(as_table({"y": [f"row {i % 80}" for i in range(100)]}), "y")
    assert suggested(as_table({"y": [f"row {i % 50}" for i in range(90)]}), "y").distribution == {"kind": "categorical"}


@pytest.mark.parametrize("target", ["time", "futime", "Survival_Time", "duration", "follow-up days"])
@pytest.mark.parametrize("event", ["status", "death", "Cens", "observed"])
def test_a_time_beside_an_event(target: str, event: str):
    columns = {target: X[:, 0] ** 2, "status of what": X[:, 1], event: np.where(X[:, 1] > 0.0, "1", "2")}
    said = f"'{target}' may be the time until '{event}' or .* --target '{{time: {target}, event: {event}}}'"
    with pytest.warns(UserWarning, match=said):
        suggested(as_table(columns), target)


@pytest.mark.parametrize(
    ("target", "event"), [("price", "status"), ("timely", "status"), ("time", "obs"), ("time", "evented")]
)
def test_no_time_or_no_event(target: str, event: str):
    columns = {target: X[:, 0] ** 2, event: X[:, 1] > 0.0, "status": X[:, 1]}
    suggested(as_table(columns), target)  # a warning is an error


@pytest.mark.parametrize(
    ("y", "family"),
    [
        (np.random.default_rng(1).standard_t(4.0, size=1000), "gaussian"),
        (np.random.default_rng(1).laplace(-50.0, size=1000), "gaussian"),
        (1e6 * np.random.default_rng(1).standard_t(1.8, size=1000) - 1e6, "johnson_su"),
        ((30.0 * np.random.default_rng(1).standard_t(1.8, size=1000)).round(), "johnson_su"),
    ],
)
def test_numbers_with_long_tails_have_a_family_to_begin_with(y: np.ndarray, family: str):
    found = suggested(as_table({"y": y}), "y")
    assert found.distribution == {"kind": family}
    assert found.why.endswith(" with long tails") == (family == "johnson_su")


@pytest.mark.parametrize(("low", "counts"), [(40, False), (0, True), (-3, False), (12, True), (31, False)])
def test_whole_numbers_close_together_are_noted_as_what_is_suggested(low: int, counts: bool):
    rng = np.random.default_rng(abs(low))
    y = (rng.poisson(low or 2.0, N) if counts else np.round(low + 2.0 * rng.normal(size=N))).astype(np.float64)
    tried = suggested(as_table({"y": y}), "y").distribution["kind"]
    assert tried == ("negative_binomial" if counts else "discretised")
    with pytest.warns(FamilyNote, match=f"which 'gaussian' does not describe: try .*'{tried}'"):
        note_unsuitable(y, np.ones(N), GAUSSIAN, Naming("y", "gaussian"))
