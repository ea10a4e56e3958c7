"""What the stored model files were declared as, and the y that each was fitted to: plain data, free of the library."""

from typing import Any

import numpy as np

N = 24  # rows to fit
_rng = np.random.default_rng(12)
_x = _rng.normal(5.0, 2.0, N).round(3)
_positive = np.exp(0.2 * _x + 0.3 * _rng.normal(size=N)).round(3)
_counts = _rng.poisson(np.exp(0.2 * _x)).astype(float)
_trials = _rng.integers(6, 12, N).astype(float)
_zero = np.arange(N) % 4 == 1
_rank = np.argsort(np.argsort(_x)) * 3 // N  # 0, 1 or 2, by x

COLUMNS: dict[str, np.ndarray] = {
    "x": _x,
    "w": _rng.uniform(-1.0, 1.0, N).round(3),
    "colour": np.array(["red", "green", "blue"])[np.arange(N) % 3],
    "trials": _trials,
    "days": _rng.uniform(0.5, 2.0, N).round(3),
}
_simplex = _rng.dirichlet([2.0, 3.0, 4.0], N)
Y: dict[str, np.ndarray] = {
    "real": (200.0 + 10.0 * _x + 5.0 * _rng.normal(size=N)).round(3),
    "positive": _positive,
    "unit": (1.0 / (1.0 + np.exp(2.0 - 0.4 * _x + 0.5 * _rng.normal(size=N)))).round(4),
    "angle": (_rng.vonmises(0.5, 3.0, N)).round(4),
    "counts": _counts,
    "successes": _rng.binomial(_trials.astype(int), 0.4).astype(float),
    "whole": np.rint(2.0 * _x + _rng.normal(size=N)),
    "zeros and counts": np.where(_zero, 0.0, _counts),
    "zeros and positive": np.where(_zero, 0.0, _positive),
    "from 1": _counts + 1.0,
    "up to 6": np.minimum(_counts, 6.0),
    "yes or no": np.array(["no", "yes"])[(_rank + (np.arange(N) % 5 == 0)) // 2],
    "true or false": (_rank + (np.arange(N) % 5 == 0)) // 2 == 1,
    "names": np.array(["low", "middle", "high"])[_rank],
    "numbers": np.array([3, 5, 8])[_rank],
    "codes": _rank,
    "shares": np.concatenate([_simplex[:, :2].round(4), 1.0 - _simplex[:, :2].round(4).sum(1, keepdims=True)], axis=1),
    "parts": _rng.multinomial(_trials.astype(int), [0.2, 0.3, 0.5]).astype(float),
    "several": np.stack([10.0 * _x + _rng.normal(size=N), 3.0 - _x], axis=1).round(3),
    "several positive": np.stack([_positive, _positive[::-1]], axis=1),
    "several bits": (_rng.random((N, 4)) < 0.4).astype(float),
    "right censored": np.stack([_positive, np.where(_zero, np.inf, _positive)], axis=1),  # lower and upper ends
    "intervals": np.stack([np.where(_zero, -np.inf, _positive), _positive + np.arange(N) % 3], axis=1),
}

GAUSSIAN, GAMMA, POISSON = ({"kind": kind} for kind in ("gaussian", "gamma", "poisson"))
TRIALS = {"kind": "binomial", "total_count": {"column": "trials"}}


def over(kind: str, base: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return the declaration of a family over another one."""
    return {"kind": kind, **({} if base is None else {"base": base}), **options}


COLUMNS |= {
    "flag": np.array(["no", "yes", "yes"])[np.arange(N) % 3],
    "gaps": np.where(np.arange(N) % 5 == 2, np.nan, _x),
    "long": np.exp(3.0 * (_x - 5.0)).round(6),
    "size": np.array(["s", "m", "l", "m"])[np.arange(N) % 4],
    "share": np.array([f"{v:.0f} %" for v in 10.0 * _x]),
    "when": (np.datetime64("2024-02-27T22:00") + np.arange(N) * np.timedelta64(31, "h")).astype(str),
}
BY_KIND = ["x", "colour", "flag", "gaps", "long", "size", "share", "when"]

# The name of a file to the y and the family, and to any other keys of the config.
MODELS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    **{
        kind: ("real", {"kind": kind}, {})
        for kind in ("gaussian", "laplace", "logistic", "student_t", "cauchy", "gumbel", "skew_normal")
    },
    "asymmetric_laplace": ("real", {"kind": "asymmetric_laplace", "tau": 0.8}, {}),
    "johnson_su": ("real", {"kind": "johnson_su", "tailweight": 1.2}, {}),
    **{
        kind: ("positive", {"kind": kind}, {})
        for kind in ("exponential", "gamma", "inverse_gamma", "inverse_gaussian", "log_normal", "log_logistic")
    },
    **{kind: ("positive", {"kind": kind}, {}) for kind in ("weibull", "generalized_pareto", "half_normal")},
    **{kind: ("unit", {"kind": kind}, {}) for kind in ("beta", "kumaraswamy", "logit_normal")},
    "von_mises": ("angle", {"kind": "von_mises"}, {}),
    **{kind: ("counts", {"kind": kind}, {}) for kind in ("poisson", "negative_binomial", "geometric")},
    "binomial": ("successes", TRIALS, {}),
    "beta_binomial": ("successes", {**TRIALS, "kind": "beta_binomial"}, {}),
    "binomial_of_12": ("successes", {"kind": "binomial", "total_count": 12}, {}),
    "bernoulli_text": ("yes or no", {"kind": "bernoulli"}, {}),
    "bernoulli_bool": ("true or false", {"kind": "bernoulli"}, {}),
    "categorical_text": ("names", {"kind": "categorical"}, {}),
    "categorical_int": ("numbers", {"kind": "categorical"}, {}),
    "categorical_codes": ("codes", {"kind": "categorical"}, {}),
    "ordered_logistic": ("numbers", {"kind": "ordered_logistic"}, {}),
    "ordered_levels": ("names", {"kind": "ordered_logistic", "levels": ["low", "middle", "high"]}, {}),
    "dirichlet": ("shares", {"kind": "dirichlet"}, {}),
    "multinomial": ("parts", {**TRIALS, "kind": "multinomial"}, {}),
    "multivariate_gaussian": ("several", {"kind": "multivariate_gaussian"}, {}),
    "scale_shared": ("real", {"kind": "gaussian", "scale": "shared"}, {}),
    "scale_fixed": ("real", {"kind": "gaussian", "scale": 7.0}, {}),
    "link_exp": ("positive", {**GAMMA, "links": {"rate": "exp"}}, {}),
    "exposure": ("counts", {**POISSON, "exposure": "days"}, {}),
    "scale_column": ("real", {"kind": "gaussian", "scale": {"column": "days"}}, {}),
    "mixture": ("real", over("mixture", components=2), {}),
    "mixture_of_gammas": ("positive", over("mixture", GAMMA, components=2, logits="shared"), {}),
    "truncated": ("positive", over("truncated", GAUSSIAN, low=0.0, high=20.0), {}),
    "censored": ("right censored", over("censored", {"kind": "weibull", "concentration": "shared"}), {}),
    "censored_left": ("intervals", over("censored", {"kind": "log_normal"}), {}),
    "zero_inflated": ("zeros and counts", over("zero_inflated", POISSON), {}),
    "hurdle": ("zeros and positive", over("hurdle", GAMMA, gate_logits="shared"), {}),
    "discretised": ("whole", over("discretised", GAUSSIAN), {}),
    "transformed_log": ("positive", over("transformed", {"kind": "student_t", "df": 5.0}, transform="log"), {}),
    "transformed_logit": ("unit", over("transformed", GAUSSIAN, transform="logit"), {}),
    "transformed_affine": ("positive", over("transformed", GAMMA, loc=-1.0, scale=2.0), {}),
    "truncated_mixture": ("positive", over("truncated", over("mixture", components=2), low=0.0), {}),
    "mixture_of_truncated": ("from 1", over("mixture", over("truncated", POISSON, low=1.0), components=2), {}),
    "mixture_of_zero_inflated": ("zeros and counts", over("mixture", over("zero_inflated", POISSON)), {}),
    "censored_truncated": ("right censored", over("censored", over("truncated", GAUSSIAN, low=0.0)), {}),
    "censored_mixture": ("right censored", over("censored", over("mixture", GAMMA, components=2)), {}),
    "censored_zero_inflated": ("right censored", over("censored", over("zero_inflated", {"kind": "weibull"})), {}),
    "hurdle_truncated": ("up to 6", over("hurdle", over("truncated", POISSON, high=6.0)), {}),
    "zero_inflated_discretised": (
        "zeros and counts",
        over("zero_inflated", over("discretised", {"kind": "log_normal"})),
        {},
    ),
    "truncated_discretised": (
        "whole",
        over("truncated", over("discretised", {"kind": "logistic"}), low=-5.0, high=40.0),
        {},
    ),
    "several_outputs": ("several", GAUSSIAN, {"ensemble": 2}),
    "several_truncated": ("several positive", over("truncated", GAMMA, high=30.0), {}),
    "several_mixtures": ("several", over("mixture", components=2), {}),
    "ensemble": ("real", GAUSSIAN, {"ensemble": 3}),
    "ensemble_truncated": ("positive", over("truncated", GAUSSIAN, low=0.0), {"ensemble": 2}),
    "ensemble_censored": ("right censored", over("censored", {"kind": "weibull"}), {"ensemble": 2}),
    "ensemble_categorical": ("names", {"kind": "categorical"}, {"ensemble": 2}),
    "groups": (
        "real",
        GAUSSIAN,
        {
            "ensemble": 2,
            "training": {"folds": 2},
            "groups": [
                {"network": {"hidden": [2]}, "distribution": {**GAUSSIAN, "scale": 5.0}},
                {
                    "numeric": {"kind": "piecewise_linear", "bins": 3},
                    "distribution": {"kind": "laplace", "scale": 60.0},
                    "ensemble": 3,
                },
            ],
        },
    ),
    "not_standardised": ("positive", GAUSSIAN, {"data": {"standardize": False}}),
    "text_column": ("real", GAUSSIAN, {"data": {"features": ["x", "colour"]}}),
    "columns_by_kind": ("real", GAUSSIAN, {"data": {"features": BY_KIND, "ordered": ["size"]}}),
    "filled": ("real", GAUSSIAN, {"data": {"features": BY_KIND, "ordered": ["size"]}}),
    "one_column": ("real", GAUSSIAN, {"data": {"features": ["w"]}}),
    "intercept_only": ("positive", {"kind": "weibull"}, {"data": {"features": []}}),
    "lbfgs": ("real", GAUSSIAN, {"training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0}}),
    "network": (
        "real",
        GAUSSIAN,
        {"network": {"hidden": [3, 3], "activation": "silu", "layer_norm": True, "residual": True, "dropout": 0.2}},
    ),
    "sgd": (
        "real",
        GAUSSIAN,
        {"training": {"optimizer": {"kind": "sgd", "momentum": 0.9}, "schedule": {"kind": "step"}, "steps": 3}},
    ),
    "by_quality": ("real", GAUSSIAN, {"quality": "fast", "ensemble": 2, "training": {"steps": 4}}),
    "single_precision": ("real", GAUSSIAN, {"training": {"precision": "float32"}}),
    "custom": ("positive", {"kind": "custom", "target": "tests.files.rayleigh:Rayleigh"}, {}),
    "custom_mixture": (
        "positive",
        over("mixture", {"kind": "custom", "target": "tests.files.rayleigh:Rayleigh"}, components=2),
        {},
    ),
    "autoencoder": (
        "several bits",
        {"kind": "bernoulli"},
        {"network": {"kind": "autoencoder", "encoder": [3], "latent": 2, "decoder": [3]}},
    ),
    "vae": ("several", GAUSSIAN, {"network": {"kind": "vae", "encoder": [3], "latent": 2, "decoder": [3]}}),
}

# Of which there are no files of earlier schemas.
SINCE: dict[str, set[str]] = {"v2": {"columns_by_kind", "filled", "groups"}, "v3": {"by_quality"}}
