"""Decisions: Bayes actions, expected losses and values of information against closed forms and brute force."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats

import likelinet as ll
from likelinet.decisions import Absolute, Costs, Newsvendor, Squared, Threshold
from tests.small import labels, quick, table

NORMAL = scipy.stats.norm


def pinball(q: float) -> float:
    """Return E[L] of the best order of a standard normal demand, for under + over = 1 and the ratio q."""
    return float(NORMAL.pdf(NORMAL.ppf(q)))


@pytest.mark.parametrize("q", [0.01, 0.3, 0.5, 0.95])
def test_the_newsvendor_of_a_normal_demand(q: float):
    loc, scale = np.array([3.0, -40.0]), np.array([1.0, 7.0])
    found = ll.decide(ll.Gaussian(loc, scale), Newsvendor(under=5.0 * q, over=5.0 * (1.0 - q)))
    np.testing.assert_allclose(found.action, loc + scale * NORMAL.ppf(q), rtol=1e-12)
    np.testing.assert_allclose(found.expected_loss, 5.0 * scale * pinball(q), rtol=1e-3)
    np.testing.assert_array_equal(found.value_of_perfect_information, found.expected_loss)


@pytest.mark.parametrize(
    ("d", "level", "expected", "rtol"),
    [
        (ll.Gaussian(1.0, 2.0), 0.99, 1.0 + 2.0 * pinball(0.99) / 0.01, 1e-3),
        (ll.Hurdle(ll.Exponential(0.01), gate=0.8), 0.5, 40.0, 1e-3),  # the zeros fill the rest: twice the mean
        (ll.Hurdle(ll.Exponential(0.01), gate=0.8), 0.999, 100.0 * np.log(0.2 / 0.001) + 100.0, 1e-3),
        (ll.Poisson(0.3), 0.5, 0.6, 1e-12),
    ],
)
def test_the_newsvendor_knows_the_expected_shortfall(d: ll.Distribution, level: float, expected: float, rtol: float):
    cost = ll.decide(d, Newsvendor(under=level / (1.0 - level), over=1.0)).expected_loss
    np.testing.assert_allclose(d.mean() + cost, expected, rtol=rtol)


def test_costs_of_each_row():
    found = ll.decide(ll.Exponential([1.0, 0.1]), Newsvendor(under=[3.0, 1.0], over=[1.0, 9.0]))
    np.testing.assert_allclose(found.action, [np.log(4.0), 10.0 * np.log(10.0 / 9.0)], rtol=1e-12)
    np.testing.assert_allclose(found.expected_loss, [np.log(4.0), 90.0 * np.log(10.0 / 9.0)], rtol=1e-3)


def test_the_newsvendor_of_counts_orders_whole_numbers():
    loss, k = Newsvendor(under=2.0, over=1.0), np.arange(60.0)
    p = scipy.stats.poisson(7.3).pmf(k)
    each = [np.sum(p * loss(a, k)) for a in k]
    found = ll.decide(ll.Poisson([7.3]), loss)
    assert found.action[0] == np.argmin(each)
    np.testing.assert_allclose(found.expected_loss, np.min(each), rtol=1e-9)
    packs = np.array([0.0, 6.0, 12.0, 18.0])
    in_packs = ll.decide(ll.Poisson([7.3]), loss, packs)
    assert in_packs.action[0] == packs[np.argmin([each[int(a)] for a in packs])]
    np.testing.assert_allclose(in_packs.expected_loss, min(each[int(a)] for a in packs), rtol=1e-9)
    known = np.sum(p * np.min([loss(a, k) for a in packs], axis=0))
    np.testing.assert_allclose(in_packs.value_of_perfect_information, in_packs.expected_loss - known, rtol=1e-9)


def test_a_squared_error_costs_the_variance_and_an_absolute_one_the_deviation():
    d = ll.Gamma([2.0, 5.0], rate=0.5)
    squared, absolute = ll.decide(d, Squared()), ll.decide(d, Absolute())
    np.testing.assert_allclose([squared.action, squared.expected_loss], [d.mean(), d.var()], rtol=1e-12)
    for i, shape in enumerate((2.0, 5.0)):
        y = scipy.stats.gamma(shape, scale=2.0)
        np.testing.assert_allclose(absolute.action[i], y.median(), rtol=1e-10)
        below, above = (
            scipy.integrate.quad(lambda t, y=y: abs(t - y.median()) * y.pdf(t), *ends)[0]
            for ends in ((0.0, y.median()), (y.median(), np.inf))
        )
        np.testing.assert_allclose(absolute.expected_loss[i], below + above, rtol=1e-3)


MIXED = ll.Mixture(ll.Gaussian([[0.0, 4.0], [1.0, -2.0]], [[1.0, 0.3], [2.0, 2.0]]), probs=[0.6, 0.4])
HURDLE = ll.Hurdle(ll.Gamma([2.0, 3.0], 0.1), 0.4)


@pytest.mark.parametrize("d", [MIXED, HURDLE, ll.Poisson([4.0, 2e5])], ids=["mixture", "hurdle", "counts"])
@pytest.mark.parametrize("loss", [Newsvendor(3.0, 1.0), Squared()], ids=["newsvendor", "squared"])
def test_the_grid_finds_what_is_known(d: ll.Distribution, loss):
    known, searched = ll.decide(d, loss), ll.decide(d, lambda action, y: loss(action, y))
    np.testing.assert_allclose(searched.expected_loss, known.expected_loss, rtol=2e-3)
    np.testing.assert_allclose(searched.value_of_perfect_information, searched.expected_loss, rtol=1e-12)
    np.testing.assert_allclose(searched.action, known.action, atol=0.1 * float(np.max(d.std())) / 4.0)


def test_a_loss_of_the_users_with_numbers_of_each_row():
    price = np.array([1.0, 9.0])
    y = ll.LogNormal([1.0, 2.0], 0.7)
    found = ll.decide(y, lambda a, y: 2.0 * a - price * np.minimum(a, y))  # what is ordered costs 2, what is sold pays
    expected = [0.0, float(scipy.stats.lognorm(0.7, scale=np.exp(2.0)).isf(2.0 / 9.0))]
    np.testing.assert_allclose(found.action, expected, rtol=0.02, atol=0.2)
    assert found.value_of_perfect_information[0] == pytest.approx(0.0, abs=0.2)


def test_knowing_y_is_to_take_the_best_of_all_actions_for_it():
    d = ll.Gaussian([0.0, 5.0], [1.0, 2.0])
    found = ll.decide(d, lambda action, y: (action - y - 1.5) ** 2)  # 1.5 more than y is best
    np.testing.assert_allclose(found.action, [1.5, 6.5], atol=0.05)
    np.testing.assert_allclose(found.expected_loss, [1.0, 4.0], rtol=5e-3)
    np.testing.assert_allclose(found.value_of_perfect_information, [1.0, 4.0], rtol=0.05)


CLIPPED = ll.Clipped(ll.Gaussian([0.3, 0.8], 1.0), 0.0, 1.0)
TOBIT = scipy.stats.norm([0.3, 0.8], 1.0)


@pytest.mark.parametrize(
    ("d", "at", "mass"),
    [
        (CLIPPED, 0.0, TOBIT.cdf(0.0)),
        (CLIPPED, 1.0, TOBIT.sf(1.0)),
        (HURDLE, 0.0, np.full(2, 0.4)),
        (ll.ZeroInflated(ll.Gaussian([0.0, 1.0], 1.0), 0.3), 0.0, np.full(2, 0.3)),
    ],
    ids=["from below", "from above", "at an end", "in the middle"],
)
def test_single_values_have_their_probability_exactly(d: ll.Distribution, at: float, mass: np.ndarray):
    found = ll.decide(d, lambda action, y: np.where(y == at, 1.0, 0.0), [0])
    np.testing.assert_allclose(found.expected_loss, mass, rtol=1e-9)
    beside = ll.decide(d, lambda action, y: np.where(y != at, y, 0.0), [0])
    np.testing.assert_allclose(beside.expected_loss + at * mass, d.mean(), rtol=1e-3, atol=1e-3)


def test_threshold_by_hand():
    loss = Threshold(at=[3.0, 3.0, 0.5], costs=[[0.0, 30.0], [2.0, 5.0]])
    d = ll.Gumbel([0.0, 2.0, 0.0], 1.0)
    p = 1.0 - np.exp(-np.exp(-np.array([3.0, 1.0, 0.5])))  # of y > at: 0.049, 0.308 and 0.455
    wait, act = 30.0 * p, 2.0 * (1.0 - p) + 5.0 * p
    found = ll.decide(d, loss)
    assert found.action.tolist() == (act < wait).tolist() == [False, True, True]
    np.testing.assert_allclose(found.expected_loss, np.minimum(act, wait), rtol=1e-12)
    np.testing.assert_allclose(found.value_of_perfect_information, np.minimum(act, wait) - 5.0 * p, rtol=1e-10)
    np.testing.assert_array_equal(
        loss(found.action, np.array([3.5, 3.0, 1.0])), loss.costs[[*found.action * 1], [1, 0, 1]]
    )


@pytest.mark.parametrize("labels", [None, ["ill", "well"]])
def test_costs_of_classes_by_hand(labels: list[str] | None):
    p = np.array([0.05, 0.2, 0.6])
    d = ll.Bernoulli(probs=p)
    d = d if labels is None else ll.Labelled(d, labels)
    costs = [[0.0, 10.0], [1.0, 0.0], [0.7, 0.7]]
    each = np.stack([10.0 * p, 1.0 - p, np.full(3, 0.7)])
    found = ll.decide(d, Costs(costs, actions=["wait", "treat", "ask"]))
    assert found.action.tolist() == [["wait", "treat", "ask"][i] for i in each.argmin(0)]
    np.testing.assert_allclose(found.expected_loss, each.min(0), rtol=1e-12)
    np.testing.assert_allclose(found.value_of_perfect_information, each.min(0), rtol=1e-12)
    by_search = ll.decide(d, Costs(costs, classes=labels), actions=[0, 1, 2])
    np.testing.assert_allclose(by_search.expected_loss, found.expected_loss, rtol=1e-12)


def test_costs_follow_the_names_of_the_classes():
    d = ll.Labelled(ll.Categorical(probs=[[0.2, 0.3, 0.5]]), ["a", "b", "c"])
    plain = ll.decide(d, Costs([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0]]))
    turned = ll.decide(d, Costs([[3.0, 1.0, 2.0], [1.0, 4.0, 0.0]], classes=["c", "a", "b"]))
    np.testing.assert_allclose(plain.expected_loss, [min(0.2 + 0.6 + 1.5, 0.8 + 0.5)], rtol=1e-12)
    np.testing.assert_allclose(turned.expected_loss, plain.expected_loss, rtol=1e-12)
    loss = Costs([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0]], actions=["x", "y"], classes=["a", "b", "c"])
    assert loss(["x", "y", "y"], ["c", "a", "b"]).tolist() == [3.0, 4.0, 0.0]


def test_classes_are_the_actions_of_a_function_of_both():
    d = ll.Labelled(ll.Categorical(probs=[[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]), ["a", "b", "c"])
    found = ll.decide(d, lambda action, y: (action != y) * 1.0)
    assert found.action.tolist() == ["c", "a"]
    np.testing.assert_allclose(found.expected_loss, [0.5, 0.4], rtol=1e-12)


def test_draws_come_near_and_are_the_same_for_a_seed():
    d = ll.Gaussian([0.0, 5.0], 1.0)
    one, again, other = (ll.decide(d, Newsvendor(3.0, 1.0), samples=4000, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.expected_loss, again.expected_loss)
    assert (one.expected_loss != other.expected_loss).all()
    np.testing.assert_allclose(one.expected_loss, 4.0 * pinball(0.75), rtol=0.05)
    np.testing.assert_allclose(one.action, [0.674, 5.674], atol=0.1)


def test_stopping_at_the_better_of_now_and_later():
    """Offers of a known distribution, n in all, none comes back: Gilbert & Mosteller 1966, section 3."""
    d, value, values = ll.Beta([1.0], 1.0), 0.0, []
    for _ in range(10):
        values.append(value)
        gain = ll.decide(d, lambda accept, y, v=value: -np.where(accept, y, v), [False, True])
        # Whoever sees the offer takes the better one: that is what knowing it is worth.
        value = float(gain.value_of_perfect_information[0] - gain.expected_loss[0])
    exact = [0.0, 0.5]
    while len(exact) < 11:
        exact.append((1.0 + exact[-1] ** 2) / 2.0)
    np.testing.assert_allclose([*values, value], exact, rtol=1e-3)


def test_replacing_what_wears_out():
    """The age at which to replace a part before it fails: Barlow & Hunter 1960, by the cost of each unit of time."""
    planned, failed, shape, scale = 1.0, 10.0, 3.0, 100.0
    d = ll.Weibull(scale=scale, concentration=shape)
    life = scipy.stats.weibull_min(shape, scale=scale)

    def rate(age: float) -> float:
        return (planned * life.sf(age) + failed * life.cdf(age)) / scipy.integrate.quad(life.sf, 0.0, age)[0]

    best = scipy.optimize.minimize_scalar(rate, bounds=(1.0, 300.0), method="bounded").x
    paid = rate(best)
    for _ in range(3):  # of the ratio of two means, the least one makes E[cost - rate · time] zero
        found = ll.decide(d, lambda a, y, c=paid: np.where(y > a, planned, failed) - c * np.minimum(a, y))
        paid = rate(float(found.action))
    assert paid == pytest.approx(rate(best), rel=0.01)
    assert float(found.expected_loss) == pytest.approx(0.0, abs=0.01 * failed)


def test_one_row_alone_has_no_axis():
    found = ll.decide(ll.Gaussian(1.0, 2.0), Squared())
    assert (np.shape(found.action), float(found.expected_loss)) == ((), 4.0)
    assert repr(found) == "Decision(actions of shape (), mean expected loss 4)"


def test_what_has_no_mean_costs_without_bound():
    found = ll.decide(ll.StudentT([0.9, 3.0], 0.0, 1.0), Absolute())
    assert found.expected_loss[0] == np.inf
    np.testing.assert_allclose(found.expected_loss[1], 6.0 / np.pi / np.sqrt(3.0) * 1.0, rtol=3e-3)


def test_a_censored_time_is_decided_by_the_time():
    d = ll.Weibull([1.0, 3.0], 2.0)
    found = ll.decide(ll.Censored(d), Newsvendor(2.0, 1.0))
    np.testing.assert_array_equal(found.action, ll.decide(d, Newsvendor(2.0, 1.0)).action)
    members = ll.Mixture(ll.Censored(d), probs=[0.5, 0.5])
    assert float(members.cdf(ll.decide(members, Absolute()).action)) == pytest.approx(0.5, rel=1e-9)


GAUSSIANS, CLASSES = ll.Gaussian([0.0, 1.0], 1.0), ll.Labelled(ll.Bernoulli([0.0]), ["no", "yes"])
WRONG = [
    (ll.Independent(GAUSSIANS), Squared(), {}, ll.UndefinedError, "each y is a vector"),
    (ll.Gaussian(np.zeros((2, 2)), 1.0), Squared(), {}, ll.DataError, "one axis of rows"),
    (GAUSSIANS, "squared", {}, ll.DataError, "loss must be a function of action and y, or a Loss, got 'squared'"),
    (GAUSSIANS, Squared(), {"samples": 0}, ll.DataError, "samples must be a whole number, 1 or more, got 0"),
    (GAUSSIANS, Squared(), {"actions": []}, ll.DataError, "actions must be a list of what may be done"),
    (GAUSSIANS, lambda a, y: y.sum(1), {}, ll.DataError, "must return a number for each y, of shape"),
    (GAUSSIANS, lambda a, y: "much", {}, ll.DataError, "must return numbers"),
    (GAUSSIANS, lambda a, y: np.log(-np.abs(y)), {"actions": [3]}, ll.DataError, r"is nan at y = -"),
    (GAUSSIANS, Costs(np.eye(2)), {}, ll.UndefinedError, "take Threshold for y above one"),
    (CLASSES, Costs(np.eye(3)), {}, ll.DataError, "a column for each of the 2 classes no, yes is needed, and it has 3"),
    (CLASSES, Costs(np.eye(2), classes=["n", "yes"]), {}, ll.DataError, "it has 2, n, yes"),
    (CLASSES, Newsvendor(1.0, 1.0), {}, ll.UndefinedError, "Bernoulli has no ppf where y is a label"),
    (ll.VonMises([0.0], 1.0), Squared(), {}, ll.UndefinedError, "y is an angle"),
]


@pytest.mark.parametrize(("d", "loss", "more", "error", "says"), WRONG)
def test_refused(d, loss, more, error, says):
    with pytest.raises(error, match=says), np.errstate(all="ignore"):
        ll.decide(d, loss, **more)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Newsvendor(0.0, 1.0), "under must be a number above 0, got 0.0"),
        (lambda: Newsvendor(1.0, "dear"), "over must be a number above 0, got 'dear'"),
        (lambda: Costs([1.0, 2.0]), "costs must be a matrix of finite numbers"),
        (lambda: Costs([["a"]]), "costs must be a matrix of finite numbers"),
        (lambda: Costs(np.eye(2), actions=["a"]), "actions must be 2 different names, as the costs are 2 x 2"),
        (lambda: Costs(np.eye(2), classes=["a", "a"]), "classes must be 2 different names"),
        (lambda: Threshold(1.0, [[1.0, 2.0]]), "got shape \\(1, 2\\)"),
    ],
)
def test_losses_that_make_no_sense(make, says):
    with pytest.raises(ll.ParameterError, match=says):
        make()


def test_y_that_the_costs_do_not_know():
    with pytest.raises(ll.DataError, match="a y is none of 0, 1; give classes"):
        Costs(np.eye(2))([0], ["yes"])
    with pytest.raises(ll.DataError, match="an action is none of a, b"):
        Costs(np.eye(2), actions=["a", "b"])(["c"], [0])


X, Y = table()


def test_a_model_decides_by_its_prediction_and_members_apart():
    model = quick(ensemble=3, training={"epochs": 30}).fit(X, Y)
    found, plain = model.decide(X[:5], Squared(), members=True), model.decide(X[:5], Squared())
    d, parts = model.predict_dist(X[:5]), model.uncertainty(X[:5])
    np.testing.assert_allclose([found.action, found.expected_loss], [d.mean(), d.var()], rtol=1e-12)
    np.testing.assert_allclose(found.value_of_agreement, parts.disagreement, rtol=1e-9)
    assert plain.value_of_agreement is None
    np.testing.assert_array_equal(plain.expected_loss, found.expected_loss)
    of_all = model.decide(X[:5], Newsvendor(4.0, 1.0), members=True)
    np.testing.assert_allclose(d.cdf(of_all.action), 0.8, rtol=1e-9)
    loc, scale = d.components.loc, d.components.scale  # type: ignore[reportAttributeAccessIssue]
    z = (of_all.action[:, None] - loc) / scale  # E[L] of an action, where the demand is normal, is a closed form
    together = np.mean(scale * (5.0 * NORMAL.pdf(z) + 5.0 * z * NORMAL.cdf(z) - 4.0 * z), axis=1)
    np.testing.assert_allclose(of_all.expected_loss, together, rtol=1e-3)
    apart = np.mean(scale, axis=1) * 5.0 * pinball(0.8)
    np.testing.assert_allclose(of_all.value_of_agreement, together - apart, atol=1e-3 * together.max())
    assert (together - apart > 5e-3 * together).any()


def test_a_model_of_classes_decides_in_labels():
    model = quick(distribution={"kind": "bernoulli"}).fit(X, labels(X, ["no", "yes"]))
    found = model.decide(X, Costs([[0.0, 30.0], [1.0, 0.0]], actions=["wait", "act"]))
    p = model.predict_dist(X).probs[:, 1]
    np.testing.assert_array_equal(found.action == "act", 1.0 - p < 30.0 * p)


def test_members_of_a_recalibrated_model_are_refused():
    model = quick(ensemble=2).fit(X, Y).recalibrate("pit", X, Y)
    np.testing.assert_allclose(model.predict_dist(X).cdf(model.decide(X, Newsvendor(4.0, 1.0)).action), 0.8, rtol=1e-9)
    with pytest.raises(ll.UndefinedError, match="the members are not recalibrated"):
        model.decide(X, Squared(), members=True)
