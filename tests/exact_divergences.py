"""Kullback-Leibler divergences in mpmath, as the textbooks write them: parameters of the first, then of the second."""

from mpmath import mp

from tests.exact import Real, softplus


def gamma(a: Real, b: Real, a2: Real, b2: Real) -> Real:
    return (a - a2) * mp.digamma(a) - mp.loggamma(a) + mp.loggamma(a2) + a2 * mp.log(b / b2) + a * (b2 - b) / b


def dirichlet(a: list[Real], a2: list[Real]) -> Real:
    n, n2 = mp.fsum(a), mp.fsum(a2)
    moved = mp.fsum((x - y) * (mp.digamma(x) - mp.digamma(n)) for x, y in zip(a, a2, strict=True))
    norms = mp.fsum(mp.loggamma(y) - mp.loggamma(x) for x, y in zip(a, a2, strict=True))
    return mp.loggamma(n) - mp.loggamma(n2) + norms + moved


def beta(a: Real, b: Real, a2: Real, b2: Real) -> Real:
    return dirichlet([a, b], [a2, b2])


def gaussian(m: Real, s: Real, m2: Real, s2: Real) -> Real:
    return mp.log(s2 / s) + (s * s + (m - m2) ** 2) / (2 * s2 * s2) - mp.mpf(1) / 2


def laplace(m: Real, s: Real, m2: Real, s2: Real) -> Real:
    gap = abs(m - m2)
    return mp.log(s2 / s) + (s * mp.exp(-gap / s) + gap) / s2 - 1


def gumbel(m: Real, s: Real, m2: Real, s2: Real) -> Real:
    power = mp.exp((m2 - m) / s2) * mp.gamma(s / s2 + 1)
    return mp.log(s2 / s) + mp.euler * (s / s2 - 1) + power - 1 + (m - m2) / s2


def weibull(s: Real, k: Real, s2: Real, k2: Real) -> Real:
    norms = mp.log(k) - k * mp.log(s) - mp.log(k2) + k2 * mp.log(s2)
    return norms + (k - k2) * (mp.log(s) - mp.euler / k) + (s / s2) ** k2 * mp.gamma(k2 / k + 1) - 1


def half_normal(s: Real, s2: Real) -> Real:
    return mp.log(s2 / s) + s * s / (2 * s2 * s2) - mp.mpf(1) / 2


def exponential(r: Real, r2: Real) -> Real:
    return mp.log(r / r2) + r2 / r - 1


def inverse_gaussian(m: Real, c: Real, m2: Real, c2: Real) -> Real:
    return (mp.log(c / c2) + c2 / c - 1 + c2 * (m - m2) ** 2 / (m2 * m2 * m)) / 2


def poisson(r: Real, r2: Real) -> Real:
    return r * mp.log(r / r2) + r2 - r


def bernoulli(z: Real, z2: Real) -> Real:
    p, rest = 1 / (1 + mp.exp(-z)), 1 / (1 + mp.exp(z))
    return p * (softplus(-z2) - softplus(-z)) + rest * (softplus(z2) - softplus(z))


def geometric(z: Real, z2: Real) -> Real:
    return bernoulli(z, z2) * (1 + mp.exp(-z))


def categorical(z: list[Real], z2: list[Real]) -> Real:
    total, total2 = (mp.fsum(map(mp.exp, v)) for v in (z, z2))
    return mp.fsum(mp.exp(x) / total * (x - y) for x, y in zip(z, z2, strict=True)) + mp.log(total2 / total)


def logistic(m: Real, s: Real, m2: Real, s2: Real) -> Real:
    def log_density(y: Real, m: Real, s: Real) -> Real:
        z = (y - m) / s
        return -z - 2 * softplus(-z) - mp.log(s)

    def term(z: Real) -> Real:
        y = m + s * z
        log_p = log_density(y, m, s)
        return s * mp.exp(log_p) * (log_p - log_density(y, m2, s2))

    return mp.quad(term, [-90, -20, -5, 0, 5, 20, 90])


def multivariate_gaussian(tril: Real, tril2: Real, shift: Real) -> Real:
    """Return that of two with these factors of their covariances, and means that are `shift` apart."""
    ratio, z = mp.inverse(tril2) * tril, mp.inverse(tril2) * shift
    squares = mp.fsum(v * v for v in ratio) + mp.fsum(v * v for v in z)
    return (squares - len(z)) / 2 - mp.fsum(mp.log(ratio[i, i]) for i in range(len(z)))
