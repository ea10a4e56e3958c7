"""Tails by sums and integrals of the mass or density beyond y, in mpmath: for any size of the parameters."""

from mpmath import mp

from tests.exact import Real

_PANELS = (0, 3, 12, 45)  # beyond which e⁻⁴⁵ is left out


def _beyond(log_density: Real, width: Real) -> Real:
    """Return log ∫ exp(log_density(s)) ds over s > 0, where it falls by a factor e over `width` or less."""
    top = log_density(mp.mpf(0))
    integral = mp.quad(lambda s: mp.exp(log_density(s) - top), [width * p for p in _PANELS])
    return top + mp.log(integral)


def log_gamma_tail(a: Real, x: Real) -> Real:
    """Return log P(a, x) for x below a, log Q(a, x) for x above it; more than a few standard deviations away."""
    a, x = mp.mpf(a), mp.mpf(x)
    side = -1 if x < a else 1
    lead = (a - 1) * mp.log(x) - x - mp.loggamma(a)
    width = x / abs(a - 1 - x)
    return lead + _beyond(lambda s: (a - 1) * mp.log1p(side * s / x) - side * s, width)


def log_student_t_sf(df: Real, z: Real) -> Real:
    """Return log P(T > z) for z > 0, by an integral over log t."""
    df, z = mp.mpf(df), mp.mpf(z)
    norm = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2
    slope = (df + 1) * z * z / (df + z * z) - 1  # of the density times t, in log t

    def log_density(s: Real) -> Real:
        return norm - (df + 1) / 2 * mp.log1p(z * z * mp.exp(2 * s) / df) + mp.log(z) + s

    return _beyond(log_density, 1 / slope)


def negative_binomial_tails(r: Real, logits: Real, k: int) -> tuple[Real, Real]:
    """Return P(Y ≤ k) and P(Y > k) by the sum of the masses, of enough digits for the difference."""
    r, z = mp.mpf(r), mp.mpf(logits)
    mass = mp.exp(-r * mp.log1p(mp.exp(z)))
    total, ratio = mass, 1 / (1 + mp.exp(-z))
    for j in range(1, k + 1):
        mass *= (r + j - 1) / j * ratio
        total += mass
    return total, 1 - total


def beta_binomial_hurdle_nll(n: int, a: Real, b: Real, y: int) -> Real:
    """Return -log P(y) given that it is not 0, without the gate."""

    def log_mass(k: int) -> Real:
        return mp.log(mp.binomial(n, k) * mp.beta(k + a, n - k + b) / mp.beta(a, b))

    return mp.log(1 - mp.exp(log_mass(0))) - log_mass(y)
