"""MAPIE on top of an estimator; it runs where MAPIE is installed: see the root's conftest.py."""

from mapie.regression import SplitConformalRegressor

from tests.sklearn.quick import numbers, regressor

X, Y = numbers()


def test_intervals_are_conformalised():
    made = SplitConformalRegressor(regressor().fit(X, Y), confidence_level=0.8, prefit=True)
    held, new = numbers(200, seed=1), numbers(500, seed=2)
    made.conformalize(*held)
    _, ends = made.predict_interval(new[0])
    inside = (ends[:, 0, 0] <= new[1]) & (new[1] <= ends[:, 1, 0])
    assert 0.7 < inside.mean() < 0.9
