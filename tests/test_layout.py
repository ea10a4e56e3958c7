"""All weights in one flat vector: places, views and initial values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from likelinet.networks.layer import Weight
from likelinet.objective.layout import Layout, pack

weights = st.builds(
    Weight,
    shape=st.lists(st.integers(0, 3), max_size=3).map(tuple),
    std=st.sampled_from([0.0, 0.5]),
    mean=st.sampled_from([0.0, 1.0]),
    decayed=st.booleans(),
)
layouts = st.lists(weights, min_size=1, max_size=6).map(lambda ws: Layout(tuple(ws)))
members = st.integers(1, 3)


@given(layout=layouts, members=members)
def test_views_cover_every_entry_once(layout, members):
    theta = np.arange(members * layout.size).reshape(members, layout.size)
    views = layout.views(theta)
    assert [v.shape for v in views] == [(members, *w.shape) for w in layout.weights]
    for m in range(members):
        entries = np.concatenate([v[m].ravel() for v in views])
        np.testing.assert_array_equal(np.sort(entries), theta[m])


@given(layout=layouts, members=members)
def test_views_write_through(layout, members):
    theta = np.zeros((members, layout.size))
    for view in layout.views(theta):
        view[...] = 1.0
    assert (theta == 1.0).all()


@given(layout=layouts, members=members)
def test_pack_undoes_views(layout, members):
    theta = np.random.default_rng(0).standard_normal((members, layout.size))
    np.testing.assert_array_equal(pack(layout.views(theta), layout), theta)


@given(layout=layouts)
def test_decayed_entries_come_first(layout):
    theta = np.arange(layout.size)[None]
    for weight, view in zip(layout.weights, layout.views(theta), strict=True):
        assert ((view < layout.decayed) == weight.decayed).all()


@given(layout=layouts)
def test_initial_values_have_their_mean_and_spread(layout):
    theta = layout.initial(np.random.default_rng(1))[None]
    for weight, view in zip(layout.weights, layout.views(theta), strict=True):
        if weight.std == 0.0:
            assert (view == weight.mean).all()
        else:
            assert (np.abs(view - weight.mean) < 5.0 * weight.std).all()
            assert len(np.unique(view)) == view.size


def test_initial_spread():
    theta = Layout((Weight((100, 100), std=0.25, mean=2.0),)).initial(np.random.default_rng(0))
    np.testing.assert_allclose([theta.mean(), theta.std()], [2.0, 0.25], atol=0.01)
