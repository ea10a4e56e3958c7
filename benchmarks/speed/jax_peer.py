"""The training step by hand in JAX and optax, with the work that ours does: many steps in one compiled scan.

Data and weights stay on the device, the state is donated, shuffled rows are passed in and losses come back to the host.
"""

from functools import partial
from typing import Any

import numpy as np

from speed.timing import per_step
from speed.workloads import CLIP, FLOOR, LEARNING_RATE, Workload


def values_of(workload: Workload, params: Any, x: Any, y: Any) -> Any:
    """Return the negative log-likelihood of each row."""
    import jax
    import jax.numpy as jnp
    import optax

    z = x
    for i, (weight, bias) in enumerate(params):
        z = z @ weight + bias
        if i < len(workload.hidden):
            z = jax.nn.relu(z) if workload.activation == "relu" else jax.nn.sigmoid(z)
    if workload.family == "gaussian":
        scale = jax.nn.softplus(z[:, 1]) + FLOOR
        return 0.5 * ((y - z[:, 0]) / scale) ** 2 + jnp.log(scale) + 0.5 * np.log(2.0 * np.pi)
    if workload.family == "categorical":
        return optax.softmax_cross_entropy_with_integer_labels(z, y)
    return optax.sigmoid_binary_cross_entropy(z, y).sum(1)


def step_seconds(workload: Workload) -> float:
    """Return the seconds of one step, after compilation."""
    import jax
    import jax.numpy as jnp
    import optax

    x, y = (jnp.asarray(a) for a in workload.data())
    params = [(jnp.asarray(w), jnp.asarray(b)) for w, b in workload.weights(np.random.default_rng(0))]
    rule = optax.adam(LEARNING_RATE) if workload.optimizer == "adam" else optax.sgd(LEARNING_RATE)
    optimizer = optax.chain(optax.clip_by_global_norm(CLIP), rule)

    @partial(jax.jit, donate_argnums=0)
    def steps(carry: Any, rows: Any, share: Any, x: Any, y: Any) -> Any:
        def step(carry: Any, batch: Any) -> Any:
            (params, state), (own, weight) = carry, batch

            def loss_of(params: Any) -> Any:
                return jnp.vdot(values_of(workload, params, x[own], y[own]), weight)

            loss, grads = jax.value_and_grad(loss_of)(params)
            updates, state = optimizer.update(grads, state, params)
            return (optax.apply_updates(params, updates), state), loss

        return jax.lax.scan(step, carry, (rows, share))

    carry, rng = (params, optimizer.init(params)), np.random.default_rng(0)

    def run(epochs: int) -> None:
        nonlocal carry
        every = [workload.minibatches(rng) for _ in range(epochs)]
        rows, share = (np.concatenate(a) for a in zip(*every, strict=True))
        carry, losses = steps(carry, rows.astype(np.int32), share, x, y)
        if not np.isfinite(np.asarray(losses)).all():
            raise FloatingPointError("the loss is not finite")
        jax.block_until_ready(carry)

    return per_step(run, workload)
