r"""
Entropy, cross-entropy and Kullback-Leibler divergence
======================================================

The **entropy** :math:`H(p)` of a distribution is the mean surprise of its own draws. A fair coin has one bit; a one-hot
label, where one class has all the probability, has none. The **cross-entropy** :math:`H(p, q)` is the mean surprise of
somebody who believes :math:`q` while the draws come from :math:`p`, and what that costs beyond the entropy is the
**Kullback-Leibler divergence**, which is never negative and 0 only where :math:`q = p`:

.. math:: H(p, q) = -\mathbb{E}_p[\log q(Y)] = H(p) + \text{KL}(p \,\|\, q), \qquad
          \text{KL}(p \,\|\, q) = \mathbb{E}_p[\log p(Y) - \log q(Y)] .

:math:`H(p)` does not depend on :math:`q`: to minimise the cross-entropy in :math:`q` is to minimise the divergence. And
if :math:`p` is the empirical distribution of the data, :math:`H(p, q) = -\frac1n \sum_i \log q(y_i)` is the mean NLL.
So **minimising cross-entropy, minimising KL and maximising the likelihood are one and the same**, as the left panel
shows for seven heads in ten throws. The expectation also says how to check the library's ``kl_divergence``: it must be
the mean of :math:`\log p - \log q` over draws from :math:`p`, up to four standard errors, for many pairs of families.

When no :math:`q` in the family is right, maximum likelihood finds the one that is nearest in KL: a Gaussian fitted to
draws from a gamma distribution takes on the mean and the standard deviation of the gamma.

Run it: ``python examples/06_entropy.py [--quick]``
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import likelinet as ll

OUTPUT = Path(__file__).parent / "output"
BLUE, VERMILLION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C9196"
PAIRS: tuple[tuple[ll.Distribution, ll.Distribution], ...] = (
    (ll.Gaussian(0.0, 1.0), ll.Gaussian(1.0, 2.0)),
    (ll.Laplace(0.0, 1.0), ll.Gaussian(0.0, 1.5)),
    (ll.Gaussian(0.0, 1.0), ll.StudentT(df=3.0, loc=0.0, scale=1.0)),
    (ll.Gamma(2.0, rate=0.5), ll.Weibull(scale=4.5, concentration=1.5)),
    (ll.Beta(2.0, 3.0), ll.Kumaraswamy(2.0, 2.5)),
    (ll.Exponential(rate=0.5), ll.LogNormal(loc=0.3, scale=1.0)),
    (ll.Poisson(4.0), ll.NegativeBinomial(total_count=5.0, probs=4 / 9)),
    (ll.Categorical(probs=[0.2, 0.3, 0.5]), ll.Categorical(probs=[0.4, 0.4, 0.2])),
)


def intercept_only(y: np.ndarray, distribution: Any) -> ll.Distribution:
    """Return the distribution of this family with the highest likelihood of y."""
    training = ll.TrainingConfig(optimizer=ll.LBFGSConfig(), validation_fraction=0.0)
    x = np.empty((len(y), 0))
    return ll.Model(ll.ModelConfig(distribution=distribution, training=training)).fit(x, y).predict_dist(x[:1])[0]


def main(quick: bool = False) -> dict[str, Any]:
    """Compute entropies, check KL divergences against draws and minimise a cross-entropy."""
    bit = np.log(2.0)  # the library counts in nats
    coin = float(ll.Bernoulli(probs=0.5).entropy() / bit)
    one_hot = float(ll.Categorical(probs=[0.0, 1.0, 0.0]).entropy())
    p, q = ll.Categorical(probs=[0.5, 0.3, 0.2]), ll.Categorical(probs=[0.2, 0.2, 0.6])
    cross = float(p.probs @ q.nll(np.arange(3)))
    split = float(p.entropy()), float(p.kl_divergence(q))
    print(f"fair coin: {coin:.4f} bit; one-hot label: {one_hot:.4f} bit")
    print(f"H(p, q) = {cross:.6f} = H(p) {split[0]:.6f} + KL {split[1]:.6f} nats")
    assert abs(coin - 1.0) < 1e-15
    assert one_hot == 0.0
    assert abs(cross - sum(split)) < 1e-14

    n, rng = 20_000 if quick else 400_000, np.random.default_rng(0)
    kl, sampled, errors, names = [], [], [], []
    print(f"{'KL(p ‖ q)':32s}{'library':>10s}{'draws':>10s}{'std. error':>12s}{'away by':>9s}")
    for a, b in PAIRS:
        y = a.sample((n,), rng)
        difference = a.log_prob(y) - b.log_prob(y)
        kl.append(float(a.kl_divergence(b)))
        sampled.append(float(difference.mean()))
        errors.append(float(difference.std() / np.sqrt(n)))
        names.append(f"{type(a).__name__} ‖ {type(b).__name__}")
        away = (sampled[-1] - kl[-1]) / errors[-1]
        print(f"{names[-1]:32s}{kl[-1]:10.5f}{sampled[-1]:10.5f}{errors[-1]:12.5f}{away:9.2f}")
        assert abs(away) < 4.0

    # Seven heads in ten throws: the mean NLL as a function of q is the cross-entropy to the empirical distribution.
    throws = np.repeat([1.0, 0.0], [7, 3])
    heads = np.linspace(0.2, 0.98, 400)
    mean_nll = ll.Bernoulli(probs=heads[:, None]).nll(throws).mean(axis=1)
    empirical = ll.Bernoulli(probs=0.7)
    assert np.allclose(mean_nll, empirical.entropy() + empirical.kl_divergence(ll.Bernoulli(probs=heads)), rtol=1e-12)
    mle = float(intercept_only(throws, ll.BernoulliConfig()).mean())
    print(f"seven heads in ten: maximum likelihood {mle:.6f}, entropy of the data {empirical.entropy():.6f} nats")
    assert abs(mle - 0.7) < 1e-6

    # No Gaussian is a gamma; the nearest in KL has its mean and standard deviation.
    gamma = ll.Gamma(2.0, rate=0.5)
    nearest = ll.Gaussian(gamma.mean(), gamma.std())
    nudged = [
        float(gamma.kl_divergence(ll.Gaussian(4.0 + d, gamma.std() * (1.0 + e)))) for d, e in ((0.1, 0), (0, 0.05))
    ]
    gauss = intercept_only(gamma.sample((n,), rng), ll.GaussianConfig())
    print(
        f"gamma: mean {gamma.mean():.3f}, std {gamma.std():.3f}; fitted Gaussian: {gauss.mean():.3f}, {gauss.std():.3f}"
    )
    assert min(nudged) > float(gamma.kl_divergence(nearest))

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    floor = float(empirical.entropy())
    left.plot(heads, mean_nll, color=BLUE, lw=2)
    left.axhline(floor, color=GREY, ls="--", lw=1.2)
    left.plot(mle, floor, "o", color=VERMILLION, ms=9)
    left.annotate("", (0.35, np.interp(0.35, heads, mean_nll)), (0.35, floor), arrowprops={"arrowstyle": "<->"})
    left.text(0.335, 0.72, "KL(p ‖ q)", ha="right")
    left.text(0.22, floor - 0.01, f"H(p) = {floor:.3f}", va="top")
    left.text(mle, floor - 0.025, f"maximum likelihood: {mle:.1f}", va="top", ha="center", color=VERMILLION)
    left.text(0.42, 0.95, "H(p, q), the mean NLL", color=BLUE)
    left.set(
        xlabel="q: probability of heads", ylabel="nats per throw", title="Seven heads in ten throws", ylim=(0.5, 1.3)
    )
    z = (np.array(sampled) - kl) / errors
    rows = np.arange(len(PAIRS))[::-1]
    right.axvspan(-4.0, 4.0, color=GREY, alpha=0.15, lw=0)
    right.errorbar(z, rows, xerr=1.0, fmt="o", color=GREEN, capsize=3)
    right.axvline(0.0, color="black", lw=1)
    right.set(yticks=rows, yticklabels=names, xlabel="(draws − library) / standard error (grey: ±4)", xlim=(-5, 5))
    right.set_title("kl_divergence against draws")
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "06_entropy.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")
    r = {"coin": coin, "one_hot": one_hot, "cross": cross, "split": split, "mle": mle, "kl": np.array(kl)}
    r |= {
        "sampled": np.array(sampled),
        "errors": np.array(errors),
        "names": names,
        "mean_nll": mean_nll,
        "heads": heads,
    }
    return {**r, "gauss": (float(gauss.mean()), float(gauss.std())), "n": n, "figure": path}


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
