"""Log probabilities of cells, on which densities and counts compare."""

import numpy as np
import pytest
from scipy import integrate, stats

import likelinet as ll
from likelinet.scores.cells import log_prob_of_cells
from likelinet.scores.paired import paired
from likelinet.targets.lattice import lattice_step


def test_the_cell_of_a_density_is_its_integral():
    d = ll.Mixture(ll.Gaussian([[0.0, 2.0]], [[1.0, 0.3]]), logits=np.log([0.3, 0.7]))

    def density(y):
        return 0.3 * stats.norm.pdf(y) + 0.7 * stats.norm.pdf(y, 2.0, 0.3)

    for y in (-1.5, 0.0, 2.0, 3.5):
        mass, _ = integrate.quad(density, y - 0.25, y + 0.25, epsabs=1e-14)
        np.testing.assert_allclose(log_prob_of_cells(d, np.array([y]), 0.5), np.log(mass), rtol=1e-9)


@pytest.mark.parametrize("step", [1.0, 2.0, 10.0])
def test_the_cell_of_counts_is_the_sum_of_its_masses(step):
    y = np.arange(0.0, 60.0, step)
    within = [[k for k in range(200) if v - step / 2 < k <= v + step / 2] for v in y]
    expected = np.log([sum(stats.poisson(20.0).pmf(k) for k in cell) for cell in within])
    np.testing.assert_allclose(log_prob_of_cells(ll.Poisson(20.0), y, step), expected, rtol=1e-9)


def test_rounded_counts_and_their_density_compare():
    y = np.arange(60.0, 141.0)
    counts, density = (log_prob_of_cells(d, y, 1.0) for d in (ll.Poisson(100.0), ll.Gaussian(100.0, 10.0)))
    middle = np.abs(y - 100.0) < 10.0
    np.testing.assert_allclose(np.exp(counts[middle]), np.exp(density[middle]), rtol=0.06)


def test_a_spike_of_a_density_is_no_skill():
    y = np.array([3.0])
    spike = log_prob_of_cells(ll.Gaussian([3.0], 1e-9), y, 1.0)
    assert ll.Gaussian([3.0], 1e-9).log_prob(y)[0] > 10.0
    np.testing.assert_allclose(spike, 0.0, atol=1e-12)


def test_classes_and_unrounded_numbers_have_their_own_score():
    probabilities = np.array([[0.2, 0.5, 0.3]])
    np.testing.assert_allclose(
        log_prob_of_cells(ll.Categorical(np.log(probabilities)), np.array([1]), 1.0), np.log(0.5)
    )
    np.testing.assert_allclose(log_prob_of_cells(ll.Gaussian(0.0, 1.0), np.array([0.3]), 0.0), stats.norm.logpdf(0.3))


def test_paired_differences_are_those_of_the_rows():
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 50))
    difference, error = paired(one, other, np.ones(50))
    np.testing.assert_allclose(difference, np.mean(one - other))
    np.testing.assert_allclose(error, stats.sem(one - other))


@pytest.mark.parametrize(
    ("y", "step"),
    [([0.0, 1.0, 5.0], 1.0), ([2.5, 5.0, 7.5], 2.5), ([0.1, 0.3, 0.2], 0.1), ([0.0, 1.0, np.pi], 0.0), ([2.0], 0.0)],
)
def test_lattices(y, step):
    np.testing.assert_allclose(lattice_step(np.array(y), np.ones(len(y))), step, atol=1e-12)
