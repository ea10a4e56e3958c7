"""Single numbers of y that are so far out that they alone would make the spread of a family."""

import warnings
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.targets.outliers import note_outliers
from likelinet.targets.target import Naming
from tests.small import COLUMNS, cli, write_csv

# Their quartiles are 9 and 11, those of a Gaussian whose standard deviation is UNIT.
Y = np.tile([8.0, 9.0, 10.0, 11.0, 12.0], 48)
UNIT = 2.0 / 1.3489795003921634
LOG_UNIT = np.log(11.0 / 9.0) / 1.3489795003921634
MIXTURE = {"kind": "mixture", "base": {"kind": "gaussian"}}


def noted(y: np.ndarray, **distribution: Any) -> list[str]:
    config = parse_config({"distribution": distribution}).distribution
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        note_outliers(y, np.ones(len(y)), config, Naming("y", config.kind, np.arange(len(y)) + 100))
    return [str(w.message) for w in caught]


def changed(*values: float) -> np.ndarray:
    return np.concatenate([Y[: len(Y) // 2], values, Y[len(Y) // 2 :]])


@pytest.mark.parametrize("kind", ["gaussian", "laplace", "logistic"])
def test_a_slip_is_named_with_its_row_and_what_to_do(kind: str):
    away = f"{(1.2e6 - 10.0) / UNIT:.2g}"
    assert noted(changed(1.2e6), kind=kind) == [
        f"y has a number far from all others, 1200000 (row 221), by {float(away):.0f} of their standard deviations, "
        f"which alone says how wide '{kind}' is: correct it if it is a slip, or try 'student_t'."
    ]
    assert noted(changed(1.2e6, -3e5), kind=kind) == [
        f"y has 2 numbers far from all others, 1200000, -300000 (rows 221, 222), by up to {float(away):.0f} of their "
        f"standard deviations, which alone say how wide '{kind}' is: correct those that are slips, or try 'student_t'."
    ]


@pytest.mark.parametrize("family", [{"kind": k} for k in ("student_t", "cauchy", "gumbel", "johnson_su")] + [MIXTURE])
def test_beside_tails_it_is_named_where_it_is_much_farther_out(family: dict[str, Any]):
    away = f"{float(f'{(1.2e6 - 10.0) / UNIT:.2g}'):.0f}"
    assert noted(changed(1.2e6), **family) == [
        f"y has a number far from all others, 1200000 (row 221), by {away} of their standard deviations: correct it if "
        "it is a slip."
    ]


@pytest.mark.parametrize(
    "family", [{"kind": "log_normal"}, {"kind": "gamma"}, {"kind": "mixture", "base": {"kind": "weibull"}}]
)
def test_positive_numbers_are_looked_at_by_their_logarithms(family: dict[str, Any]):
    (said,) = noted(changed(10.0 * np.exp(20.4 * LOG_UNIT)), **family)
    assert said.endswith("(row 221), by 20 standard deviations of their logarithms: correct it if it is a slip.")
    assert len(noted(changed(10.0 * np.exp(-20.4 * LOG_UNIT)), **family)) == 1


def test_it_names_the_output():
    y = np.stack([changed(11.0), changed(1.2e6)], axis=1)
    assert noted(y, kind="gaussian")[0].startswith("Output 2 of y has a number far from all others, 1200000 (row 221)")


@pytest.mark.parametrize(
    ("y", "distribution"),
    [
        (changed(10.0 + 49.0 * UNIT), {"kind": "gaussian"}),
        (changed(10.0 - 49.0 * UNIT), {"kind": "gaussian"}),
        (changed(*[1.2e6] * 4), {"kind": "gaussian"}),  # no single ones
        (np.append(Y[:15], 1.2e6), {"kind": "gaussian"}),  # of few
        (np.append(np.zeros(200), [1.0, 1e6]), {"kind": "gaussian"}),  # of no spread
        (changed(1.2e6), {"kind": "gaussian", "scale": 1.0}),
        (changed(1.2e4), {"kind": "student_t"}),
        (changed(1.2e4), {"kind": "cauchy"}),
        (changed(1.2e4), MIXTURE),
        (changed(10.0 * np.exp(19.9 * LOG_UNIT)), {"kind": "log_normal"}),
        (changed(1.2e6), {"kind": "truncated", "base": {"kind": "gaussian"}, "low": 1.0}),
        (changed(1.2e6), {"kind": "truncated", "base": {"kind": "gaussian"}, "high": 1e7}),
        (changed(1.2e6), {"kind": "discretised", "base": {"kind": "gaussian"}}),
        (changed(-9999.0, -9999.0), {"kind": "gaussian"}),  # of which another note is
    ],
)
def test_what_is_no_slip(y: np.ndarray, distribution: dict[str, Any]):
    assert noted(y, **distribution) == []


def test_a_little_farther_is_one():
    assert len(noted(changed(10.0 + 51.0 * UNIT), kind="gaussian")) == 1
    assert len(noted(changed(10.0 - 51.0 * UNIT), kind="gaussian")) == 1


def test_fit_and_check_say_it(tmp_path):
    y = [*COLUMNS["price"][:6], 2e6, *COLUMNS["price"][7:]]
    frame = {"size": COLUMNS["size"], "price": y}
    says = r"^Target 'price' has a number far from all others, 2000000 \(row 7\), by [0-9]+0 of their"
    with pytest.warns(UserWarning, match=says):
        ll.Model({"quality": "plain", "training": {"epochs": 1}}).fit(frame, "price", progress=False)
    file = write_csv(tmp_path / "t.csv", frame)
    done = cli("check", file, "--target", "price", "--set", "distribution.kind=gaussian")
    assert "Target 'price' has a number far from all others, 2000000 (row 7)" in " ".join(done.out.split())
    said = "Target 'price' has a number far from all others"
    assert said in " ".join(cli("check", file, "--target", "price").out.split())
    assert said in " ".join(cli("check", file, "--target", "price", "--set", "distribution=auto").out.split())
    config = tmp_path / "c.yaml"
    config.write_text("data: {target: price}\nquality: good\n")
    assert said in " ".join(cli("check", file, "--config", config).out.split())
