"""Masking: which cells go missing in training, how often, and what is put there."""

import numpy as np

from likelinet.networks.masking import Masking, learn_masking

RNG = np.random.default_rng(0)
N = 4000


def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x of a number without missing cells, one with, and a category of two levels with; and where they are."""
    number, category = RNG.random((2, N)) < [[0.1], [0.4]]
    x = np.zeros((N, 6))
    x[:, 0] = RNG.standard_normal(N)
    x[:, 1], x[:, 2] = np.where(number, 0.7, RNG.standard_normal(N)), number
    level = RNG.random(N) < 0.5
    x[:, 3], x[:, 4], x[:, 5] = level & ~category, ~level & ~category, category
    return x, number, category


SPANS = [slice(1, 3), slice(3, 6)]


def test_cells_of_a_column_go_missing_together_and_look_like_those_that_are():
    x, number, category = rows()
    layer = learn_masking(SPANS, x, RNG.standard_normal(N), np.ones(N))
    uniform = RNG.random((1, N, 2))
    y, _ = layer.forward((uniform,), x[None])
    rates = [share * (1.0 - share) for share in (number.mean(), category.mean())]
    hidden = uniform[0] < rates
    wanted = x.copy()
    wanted[hidden[:, 0], 1:3] = 0.7, 1.0
    wanted[hidden[:, 1], 3:] = 0.0, 0.0, 1.0
    np.testing.assert_array_equal(y[0], wanted)
    assert layer.noise() == (2,)
    assert layer.weights() == ()


def test_rates_are_those_of_weighted_rows():
    x, number, _ = rows()
    weight = RNG.uniform(0.0, 1.0, N)
    share = np.average(number, weights=weight)
    layer = learn_masking(SPANS[:1], x, RNG.standard_normal(N), weight)
    np.testing.assert_allclose(layer.rate, [0.0, *2 * [share * (1.0 - share)], 0.0, 0.0, 0.0], rtol=1e-12)


def test_a_column_whose_missing_cells_tell_of_y_stays():
    x, number, category = rows()
    noise = RNG.standard_normal((N, 2))
    told = noise + 0.5 * np.stack([number, np.zeros(N)], axis=1)
    for y in (told, told[:, 0], np.exp(30.0 * told[:, 0]), np.where(told[:, 0] > 1.0, np.inf, told[:, 0])):
        assert [rate > 0.0 for rate in learn_masking(SPANS, x, y, np.ones(N)).rate] == 3 * [False] + 3 * [True]
    classes = (noise[:, 0] + 0.5 * category > 0.0).astype(int)
    assert [rate > 0.0 for rate in learn_masking(SPANS, x, classes, np.ones(N)).rate][1:] == [True, True, *3 * [False]]


def test_without_a_mask_it_is_the_identity():
    x = RNG.standard_normal((5, 2))
    y, backward = Masking((0, 0), (0.5, 0.5), (0.0, 1.0)).forward((), x)
    assert y is x
    assert backward(x) == (x, ())
