"""What a fitted network through a code can be asked beside its predictions: codes, their images, and the evidence."""

from functools import partial

import numpy as np

from likelinet.core.blas import one_blas_thread
from likelinet.core.blocks import blocks
from likelinet.core.errors import DataError, UndefinedError
from likelinet.distributions import Distribution
from likelinet.model.fit import EncodedRows, Fit
from likelinet.model.prediction import as_predicted, network_inputs
from likelinet.networks.autoencoder import Coder, VariationalAutoencoder
from likelinet.networks.blocks_of_rows import ROWS_PER_PRODUCT, by_blocks, with_blocks

ROWS_AT_ONCE = 4 * ROWS_PER_PRODUCT  # rows at a time, whose wide arrays then stay in the cache


def encode(fit: Fit, x: EncodedRows) -> np.ndarray:
    """Return the code of each row, shape (n, latent); of a variational autoencoder the mean of q(z | x)."""
    code = partial(_network(fit, "encode").code, _weights(fit))
    with one_blas_thread():
        codes = [by_blocks(code, network_inputs(fit, x[rows][0]))[0] for rows in blocks(len(x), ROWS_AT_ONCE)]
    return np.concatenate(codes).astype(np.float64)


def decode(fit: Fit, codes: np.ndarray) -> Distribution:
    """Return the distribution of y at each of the codes (n, latent), in the user's units."""
    network, weights = _network(fit, "decode"), _weights(fit)
    if codes.ndim != 2 or codes.shape[1] != network.latent:
        raise DataError(f"The codes must have shape (n, {network.latent}), got {codes.shape}.")
    if not np.isfinite(codes).all():
        raise DataError("The codes must be finite numbers.")
    if columns := fit.head.columns:
        raise UndefinedError(f"The family reads {', '.join(columns)} of each row, which a code alone does not have.")
    with one_blas_thread():
        raw = by_blocks(partial(network.decoded, weights), codes.astype(fit.precision.network))
    return as_predicted(fit, raw, None)


def prior(fit: Fit, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return n codes from the prior N(0, I) of a variational autoencoder, shape (n, latent)."""
    return rng.standard_normal((n, _variational(fit, "generate").latent))


def elbo(fit: Fit, x: EncodedRows, y: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    r"""Return a lower bound of log p(y) for each row, shape (n,), in the user's units.

    With one sample it is the evidence lower bound, whose divergence is known in closed form; with k the tighter,
    importance-weighted one (Burda, Grosse & Salakhutdinov 2016). Both are estimates without bias of what they bound by.

    .. math:: \log p(y \mid z) - \mathrm{KL}(q(z \mid x) \,\|\, p(z)), \qquad
              \log \frac{1}{k} \sum_{i=1}^{k} \frac{p(y \mid z_i)\, p(z_i)}{q(z_i \mid x)}, \quad z_i \sim q(z \mid x)

    Parameters
    ----------
    fit : Fit
        A variational autoencoder.
    x : EncodedRows
        Rows.
    y : ndarray
        Their encoded targets.
    samples : int
        k, at least 1.
    rng : Generator
        Draws the codes.
    """
    network, weights = _variational(fit, "elbo"), _weights(fit)
    dtype, head = fit.precision.network, fit.head
    shared = fit.objective.layout.views(fit.theta)[-1]
    y = y.astype(fit.precision.loss)

    def of_block(rows: slice) -> np.ndarray:
        x_rows, columns = x[rows]
        both = by_blocks(lambda x: np.concatenate(network.posterior(weights, x), axis=-1), network_inputs(fit, x_rows))
        loc, scale = both[..., : network.latent], both[..., network.latent :]
        total = np.full(loc.shape[1], -np.inf)
        for _ in range(samples):
            noise = rng.standard_normal(loc.shape, dtype)
            code = loc + scale * noise
            raw = by_blocks(partial(network.decoded, weights), code[0])
            value = -head.loss(raw, shared, y[None, rows], columns)[0][0]
            # Each sum as one of differences, which stay small where the codes are large.
            each = 0.5 * (loc * loc + scale * scale - 1.0) if samples == 1 else 0.5 * (code * code - noise * noise)
            total = np.logaddexp(total, value - (each - np.log(scale)).sum(-1)[0])
        return total - np.log(samples)

    with np.errstate(over="ignore"), one_blas_thread():
        bound = np.concatenate([of_block(rows) for rows in blocks(len(x), ROWS_AT_ONCE)])
    return bound - fit.targets.shift_of_nll(fit.family.has_density(y))


def _weights(fit: Fit) -> tuple[np.ndarray, ...]:
    """Return the weights of the network, of the one member that there is, as `by_blocks` needs them."""
    return with_blocks(fit.objective.layout.views(fit.theta)[:-1])


def _network(fit: Fit, what: str) -> Coder:
    network = fit.objective.network
    if not isinstance(network, Coder):
        raise UndefinedError(
            f"{what}: the network '{fit.config.network.kind}' has no codes; 'autoencoder' and 'vae' do."
        )
    return network


def _variational(fit: Fit, what: str) -> VariationalAutoencoder:
    network = _network(fit, what)
    if not isinstance(network, VariationalAutoencoder):
        raise UndefinedError(f"{what}: an 'autoencoder' has no distribution of codes; a 'vae' has one.")
    return network
