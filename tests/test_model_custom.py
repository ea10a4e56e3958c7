"""A family of the user's own by its log_prob alone: as an object, and as module:Class."""

from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from tests.small import cli, quick, write_csv

NAME = f"{__name__}:Rayleigh"
RNG = np.random.default_rng(0)
X = RNG.uniform(0.0, 1.0, (1000, 1))
Y = RNG.rayleigh(1.0 + 3.0 * X[:, 0])
CUSTOM = {"kind": "custom", "target": NAME}


class Rayleigh(ll.Distribution):
    """Nothing but what training needs."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive

    def log_prob(self, y):
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2


class SampledRayleigh(Rayleigh):
    """With quantiles, and so with samples."""

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))


class FullRayleigh(SampledRayleigh):
    """With a cdf and its upper tail, so that other families go over it."""

    def cdf(self, y):
        return -np.expm1(self.log_sf(y))

    def log_sf(self, y):
        return -0.5 * (np.asarray(y) / self.scale) ** 2


def trained(cls: type[ll.Distribution]) -> ll.Model:
    config = ll.ModelConfig(
        network=ll.MLPConfig(hidden=[]), training=ll.TrainingConfig(optimizer=ll.LBFGSConfig(), epochs=100)
    )
    return ll.Model(config, distribution=cls).fit(X, Y)


def test_trains_by_log_prob_alone():
    model = trained(Rayleigh)
    d = model.predict_dist(np.array([[0.25], [0.75]]))  # at the ends a softplus is not the line of the truth
    assert isinstance(d, Rayleigh)
    np.testing.assert_allclose(d.scale, [1.75, 3.25], rtol=0.25)
    alike = Rayleigh(scale=np.sqrt(0.5 * np.mean(Y**2)))  # the maximum without x
    skill = pytest.approx(model.score(X, Y) - np.mean(alike.log_prob(Y)), rel=1e-4)
    assert model.evaluate(X, Y) == {"nll": pytest.approx(-model.score(X, Y)), "nll_skill": skill}


def test_object_and_name_are_the_same_model():
    named = quick(distribution=CUSTOM).fit(X, Y)
    given = ll.Model(quick().config, distribution=Rayleigh).fit(X, Y)
    assert given.config == named.config
    np.testing.assert_array_equal(named.predict_dist(X).log_prob(Y), given.predict_dist(X).log_prob(Y))


def test_samples_by_its_quantiles():
    draws = trained(SampledRayleigh).sample(X[:2], 3000, seed=0)
    assert draws.shape == (3000, 2)
    assert draws.min() > 0.0  # certain: the support
    d = trained(SampledRayleigh).predict_dist(X[:2])
    np.testing.assert_allclose((draws <= d.ppf(0.3)).mean(0), 0.3, atol=0.05)


def test_shared_parameter_and_link():
    shared = {**CUSTOM, "parameters": {"scale": "shared"}, "links": {"scale": "exp"}}
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 50}
    d = quick(distribution=shared, training=exact).fit(X, Y).predict_dist(X)
    np.testing.assert_allclose(d.scale, np.sqrt(np.mean(Y**2) / 2.0), rtol=1e-5)


def test_ensemble_is_a_mixture():
    d = quick(distribution=CUSTOM, ensemble=2).fit(X, Y).predict_dist(X)
    each = np.exp(d.components.log_prob(Y[:, None]))
    np.testing.assert_allclose(np.exp(d.log_prob(Y)), each.mean(1), rtol=1e-9)


EXACT = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 100}
OBSERVED = {
    "censored": ll.Interval.right_censored(np.minimum(Y, 2.0), Y < 2.0),
    "left_censored": ll.Interval(np.where(Y < 1.0, -np.inf, Y), np.maximum(Y, 1.0)),
    "truncated": Y[Y > 1.0],
    "zero_inflated": np.where(np.arange(len(Y)) % 3 == 0, 0.0, Y),
    "hurdle": np.where(np.arange(len(Y)) % 3 == 0, 0.0, Y),
    "discretised": np.rint(Y),
    "transformed": np.exp(Y),
    "mixture": Y,
}
OPTIONS = {"truncated": {"low": 1.0}, "transformed": {"transform": "log"}, "mixture": {"components": 1}}


# The variance of exp Y for a Rayleigh Y of scale 4 is made eight scales out, where a user's class may have no digits.
@pytest.mark.filterwarnings("ignore:(rmse|r2) is left out", "ignore:Transformed. (mean|var) is nan")
@pytest.mark.parametrize("name", OBSERVED)
def test_other_families_go_over_it(name: str):
    kind = name.removeprefix("left_")
    config = {"kind": kind, "base": CUSTOM, **OPTIONS.get(kind, {})}
    x = X[Y > 1.0] if kind == "truncated" else X
    model = ll.Model(
        quick(distribution=config, network={"hidden": []}, training=EXACT).config, distribution=FullRayleigh
    )
    d = model.fit(x, OBSERVED[name]).predict_dist(np.array([[0.0], [1.0]]))
    inner = d.components if kind == "mixture" else d.base
    assert isinstance(inner, FullRayleigh)
    np.testing.assert_allclose(inner.scale.reshape(2), [1.0, 4.0], rtol=0.4)
    assert model.score(x, OBSERVED[name]) == pytest.approx(-model.evaluate(x, OBSERVED[name])["nll"])


class StrictRayleigh(ll.Distribution):
    """As in docs/plugins.md, and it breaks outside its support, which it need not see to."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive

    def log_prob(self, y):
        assert np.all((y > 0.0) & (y < np.inf))
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2

    def cdf(self, y):
        assert np.all((y > 0.0) & (y < np.inf))
        return -np.expm1(-0.5 * (y / self.scale) ** 2)

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-q))


@pytest.mark.parametrize("ensemble", [1, 2])
@pytest.mark.parametrize("name", [*OBSERVED, "custom"])
def test_nothing_asks_it_about_what_lies_outside_its_support(name: str, ensemble: int):
    kind = name.removeprefix("left_")
    base = {**CUSTOM, "target": f"{__name__}:StrictRayleigh"}
    config = base if name == "custom" else {"kind": kind, "base": base, **OPTIONS.get(kind, {})}
    x = (X[Y > 1.0] if kind == "truncated" else X)[::4]
    y = {"custom": Y, **OBSERVED}[name][::4]
    if kind == "discretised":  # 1 - cdf is 0 too soon
        y = np.minimum(y, 5.0)
    model = quick(distribution=config, ensemble=ensemble).fit(x, y)
    model.score(x, y)
    model.evaluate(x, y)
    assert np.isfinite(model.sample(x[:3], 20, seed=0)).all()
    d = model.predict_dist(x[:3])
    low, high = d.interval(0.9)
    assert np.all(low < high)
    assert np.all(d.ppf(0.0) >= 0.0)
    for wrong in (-1.0, np.inf):
        assert np.all(d.log_prob(wrong) == -np.inf)
    np.testing.assert_array_equal(d.cdf(-1.0), 0.0)
    np.testing.assert_array_equal(d.sf(-1.0), 1.0)
    np.testing.assert_array_equal(d.log_cdf(np.inf), 0.0)
    if kind in ("truncated", "discretised"):
        assert np.all(np.isfinite([model.predict(x[:3]), d.mean(), d.var(), d.median()]))


def test_groups_of_it_are_weighed_by_densities_where_y_is_rounded():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-1.0, 1.0, (60, 1)), np.round(rng.rayleigh(1.0, 60), 1) + 0.1
    model = ll.Model({"training": {"steps": 6}}, distribution=Rayleigh).fit(x, y, progress=False)
    assert sum(group.weight for group in model.history.groups) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["censored", "truncated", "discretised"])
def test_families_that_need_a_cdf_say_so(kind: str):
    config = {"kind": kind, "base": CUSTOM, **OPTIONS.get(kind, {})}
    with pytest.raises(ll.UndefinedError, match=rf"^Rayleigh has no cdf, which .*{kind}.* need: define cdf"):
        quick(distribution=config).fit(X, OBSERVED["censored"] if kind == "censored" else np.rint(Y) + 1.0)


def test_loading_needs_trust(tmp_path: Path):
    file = tmp_path / "m.safetensors"
    model = quick(distribution=CUSTOM).fit(X, Y)
    model.save(file)
    with pytest.raises(ll.ModelFileError, match=r"names code of its own.*trust='.*Rayleigh' if you trust it"):
        ll.Model.load(file)
    with pytest.raises(ll.ModelFileError, match="names code of its own"):
        ll.Model.load(file, trust="os:system")
    expected = model.predict_dist(X).log_prob(Y)
    for loaded in (ll.Model.load(file, trust=NAME), ll.Model.load(file, distribution=Rayleigh)):
        np.testing.assert_array_equal(loaded.predict_dist(X).log_prob(Y), expected)


def test_trust_on_the_command_line(tmp_path: Path):
    file, rows = tmp_path / "m.safetensors", write_csv(tmp_path / "t.csv", {"x": X[:, 0].tolist(), "y": Y.tolist()})
    config = tmp_path / "c.toml"
    config.write_text(
        f'quality = "plain"\ndata = {{target = "y"}}\nnetwork = {{hidden = []}}\ntraining = {{epochs = 2}}\n'
        f'distribution = {{kind = "custom", target = "{NAME.replace("Rayleigh", "SampledRayleigh")}"}}\n'
    )
    assert cli("fit", config, rows, "-o", file).code == 0
    refused = cli("evaluate", file, rows)
    assert refused.code == 2
    assert "names code of its own" in refused.err
    trust = ("--trust", f"{__name__}:SampledRayleigh")
    assert cli("evaluate", file, rows, *trust).code == 0
    predicted = cli("predict", file, rows, "--quantiles", "0.5", *trust)
    assert predicted.out.splitlines()[0] == "q0.5"  # it has no mean
    assert cli("sample", file, rows, "-n", "2", *trust).code == 0


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"target": "nowhere_at_all:Thing"}, "cannot import 'nowhere_at_all:Thing'"),
        ({"target": f"{__name__}:Nothing"}, "cannot import .*has no attribute 'Nothing'"),
        ({"target": "os:getcwd"}, "'os:getcwd' is not a subclass of likelinet.Distribution"),
        ({"target": NAME, "parameters": {"scal": "shared"}}, "unknown parameter 'scal' .did you mean 'scale'"),
        ({"target": NAME, "parameters": {"scale": -1.0}}, "scale must be a positive number, got -1"),
        ({"target": NAME, "links": {"scale": "identity"}}, "'identity' does not map into a positive number"),
    ],
)
def test_wrong_declarations(declared: dict, message: str):
    with pytest.raises(ll.ConfigError, match=message):
        quick(distribution={"kind": "custom", **declared}).fit(X, Y)


def test_y_outside_its_support():
    y = Y.copy()
    y[2] = -1.0
    with pytest.raises(ll.DataError, match=r"1 row outside the support of 'custom' \(row 3, for example -1\)"):
        quick(distribution=CUSTOM).fit(X, y)


def test_the_class_that_is_passed_takes_the_place_of_the_innermost_one():
    nested = {"kind": "truncated", "low": 0.5, "base": {"kind": "mixture", "base": {"kind": "custom", "target": "a:B"}}}
    config = ll.Model({"distribution": nested}, distribution=FullRayleigh).config.distribution
    assert config.model_dump()["low"] == 0.5
    assert config.in_brief == "truncated(mixture(custom))"
    assert config.own_class == config.leaf.target == f"{__name__}:FullRayleigh"
    assert ll.Model({"distribution": {"kind": "gamma"}}, distribution=Rayleigh).config.distribution.own_class == NAME
    assert ll.GammaConfig().own_class is None
