"""What is no array of numbers is refused with one sentence; and no rows at all have answers without rows."""

import numpy as np
import pytest

import likelinet as ll
from tests.cases import FAMILIES
from tests.wrappers import WRAPPERS

ODD = {
    "a mask": (np.ma.masked_array([1.0, 2.0], [0, 1]), "is a masked array, whose mask would be lost: take the values"),
    "dates": (np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), "holds dates: give them as numbers"),
    "durations": (np.array([1, 2], "timedelta64[D]"), "holds durations: give them as numbers of one unit"),
    "complex": (np.array([1.0 + 2.0j, 1.0]), "holds complex numbers: give their real part"),
    "ragged": ([[1.0, 2.0], [3.0]], "is a list of lists of different lengths: make them equally long"),
}
ASKED = {
    "Gaussian": ll.Gaussian([0.0, 1.0], 1.0),
    "one Gaussian": ll.Gaussian(0.0, 1.0),
    "many Gaussians": ll.Gaussian(np.zeros((70_000, 2)), 1.0),
    "Categorical": ll.Categorical(np.zeros((2, 3))),
    "Mixture": ll.Mixture(ll.Gaussian([[0.0, 1.0], [2.0, 3.0]], 1.0), probs=[0.5, 0.5]),
    "Truncated": ll.Truncated(ll.Gaussian([0.0, 1.0], 1.0), 0.0),
    "Transformed": ll.Transformed(ll.Gaussian([0.0, 1.0], 1.0), ll.Log()),
    "Censored": ll.Censored(ll.Gaussian([0.0, 1.0], 1.0)),
    "Independent": ll.Independent(ll.Gaussian([[0.0, 1.0]], 1.0)),
    "Dirichlet": ll.Dirichlet([1.0, 2.0]),
}  # fmt: skip
MADE = {
    "Gaussian: loc": lambda v: ll.Gaussian(v, 1.0),
    "Poisson: rate": lambda v: ll.Poisson(v),
    "Truncated: low": lambda v: ll.Truncated(ll.Gaussian(0.0, 1.0), v),
    "ZeroInflated, gate: probs": lambda v: ll.ZeroInflated(ll.Poisson(1.0), v),
    "Hurdle, gate: logits": lambda v: ll.Hurdle(ll.Poisson(1.0), gate_logits=v),
    "Mixture: probs": lambda v: ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0), probs=v),
    "Affine: loc": lambda v: ll.Affine(v, 1.0),
    "given: high": lambda v: ll.Gaussian(0.0, 1.0).given(0.0, v),
    "Binomial: probs": lambda v: ll.Binomial(3.0, probs=v),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ASKED)
def test_values(name, odd):
    values, says = ODD[odd]
    d = ASKED[name]
    methods = [d.log_prob] if d.y == "class" else [d.log_prob, d.cdf, d.crps] if name != "Dirichlet" else [d.log_prob]
    for method in methods:
        with pytest.raises(ll.DataError) as error:
            method(values)
        assert f": y {says}" in str(error.value)
        assert "\n" not in str(error.value)
    if d.y == "number":
        with pytest.raises(ll.DataError) as error:
            d.ppf(values)
        assert f": q {says}" in str(error.value)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("what", MADE)
def test_parameters(what, odd):
    values, says = ODD[odd]
    with pytest.raises(ll.ParameterError) as error:
        MADE[what](values)
    assert str(error.value).startswith(f"{what} {says}")


def test_intervals():
    with pytest.raises(ll.DataError, match=r"^Interval: lower is a masked array"):
        ll.Interval(np.ma.masked_array([1.0, 2.0], [0, 1]), [2.0, 3.0])
    with pytest.raises(ll.DataError, match=r"^Interval: time holds durations"):
        ll.Interval.right_censored(np.array([1, 2], "timedelta64[D]"), [1, 0])


# ---- no rows -----------------------------------------------------------------------------------------------------

PAIRS = (np.array([[0, 1], [1, 2], [0, 2]]),)


def three(case):
    return case.distribution(case.parameters(np.random.default_rng(0).random((3, len(case.columns)))))


EVERY = {
    **{str(case): lambda case=case: three(case) for case in FAMILIES},
    **{f"Mixture of {case}": lambda case=case: ll.Mixture(three(case)[PAIRS], np.zeros(2)) for case in FAMILIES},
    **WRAPPERS,
}
OF_Y = ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "crps")
OF_Q = ("ppf", "isf", "interval")
OF_NOTHING = ("mean", "var", "std", "mode", "median", "entropy")


@pytest.mark.parametrize("name", EVERY)
def test_no_rows(name):
    d = EVERY[name]()
    none = d[:0]
    assert none.batch_shape == (0,)
    assert none.sample((2,), rng=0).shape == (2, 0, *d.event_shape)
    y, one = none.sample((), rng=0), d[:1].sample((), rng=0)
    asked = [(m, (y,), (one,)) for m in OF_Y] + [(m, (0.3,), (0.3,)) for m in OF_Q] + [(m, (), ()) for m in OF_NOTHING]
    for method, args, of_one in (*asked, ("kl_divergence", (none,), (d[:1],))):
        try:
            answers = np.asarray(getattr(none, method)(*args))
        except ll.UndefinedError:
            with pytest.raises(ll.UndefinedError):
                getattr(d[:1], method)(*of_one)
            continue
        axis = int(method == "interval")
        assert answers.shape[axis] == 0, method
        assert answers.shape[axis + 1 :] in ((), d.event_shape), method
