"""Gradient clipping: the norm of what is left, its direction, and both forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likelinet.core.arrays import namespace
from likelinet.optim import clipping
from likelinet.optim.clipping import clip_in_place
from tests import on_jax

gradients = st.builds(
    lambda members, size, scale, seed: scale * np.random.default_rng(seed).standard_normal((members, size)),
    members=st.integers(1, 4),
    size=st.integers(1, 30),
    scale=st.sampled_from([0.0, 1e-3, 1.0, 1e6]),
    seed=st.integers(0, 2**32 - 1),
)
limits = st.floats(1e-3, 1e3)


def clip(g, limit):
    """Clip gradients (M, P) as those of several weights."""
    cuts = [g.shape[1] // 3, g.shape[1] // 2]
    parts = [g[:, : cuts[0]], g[:, cuts[0] : cuts[1]], g[:, cuts[1] :, None]]
    clipped = clipping.clip(parts, limit)
    return namespace(g).concatenate([c.reshape(len(g), -1) for c in clipped], axis=1)


@given(g=gradients, limit=limits)
def test_a_long_gradient_has_the_limit_for_norm_and_keeps_its_direction(g, limit):
    clipped = clip(g, limit)
    norm = np.linalg.norm(g, axis=1)
    np.testing.assert_allclose(np.linalg.norm(clipped, axis=1), np.minimum(norm, limit), rtol=1e-12)
    np.testing.assert_allclose(clipped * norm[:, None], g * np.minimum(norm, limit)[:, None], rtol=1e-12)


@given(g=gradients, limit=limits)
def test_a_short_gradient_keeps_its_bits(g, limit):
    short = np.linalg.norm(g, axis=1) < limit * (1 - 1e-12)
    np.testing.assert_array_equal(clip(g, limit)[short], g[short])


@given(g=gradients, limit=limits)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_in_place_is_the_pure_form(dtype, g, limit):
    g = g.astype(dtype)
    want = clip(g, limit)
    clip_in_place(g, limit)
    assert g.dtype == want.dtype == dtype
    np.testing.assert_allclose(g, want, rtol=1e-6 if dtype is np.float32 else 1e-14)


def test_each_member_by_itself():
    np.testing.assert_allclose(clip(np.array([[30.0, 40.0], [0.3, 0.4]]), 5.0), [[3.0, 4.0], [0.3, 0.4]], rtol=1e-15)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_long_gradient_of_one_member_does_not_lengthen_a_short_one_of_another(in_place):
    g, want = np.array([[0.003, 0.004], [30.0, 40.0], [0.0, 0.0]]), [[0.003, 0.004], [0.6, 0.8], [0.0, 0.0]]
    if in_place:
        clip_in_place(g, 1.0)
    else:
        g = clip(g, 1.0)
    np.testing.assert_allclose(g, want, rtol=1e-15)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_does_not_pass_for_a_gradient(bad):
    g = np.array([[1.0, bad], [3.0, 4.0]])
    with np.errstate(invalid="ignore"):
        pure = clip(g, 1.0)
        clip_in_place(g, 1.0)
    for form in (pure, g):
        assert np.isnan(form[0, 1])
        np.testing.assert_allclose(form[1], [0.6, 0.8])


def test_jax_gives_the_same():
    g = np.random.default_rng(0).standard_normal((3, 4)) * [[1.0], [10.0], [0.1]]
    np.testing.assert_allclose(on_jax.run(lambda g: clip(g, 2.0), g), clip(g, 2.0), rtol=1e-13)
