"""The training step in PyTorch, eager mode, with the work that ours does."""

from collections.abc import Callable
from typing import Any

import numpy as np

from speed.timing import per_step
from speed.workloads import CLIP, FLOOR, LEARNING_RATE, Workload


def network(workload: Workload) -> Any:
    """Return the network."""
    from torch import nn

    layers: list[nn.Module] = []
    for k, m in workload.sizes():
        layers += [nn.Linear(k, m), nn.ReLU() if workload.activation == "relu" else nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


def loss_of(workload: Workload, net: Any) -> Callable[[Any, Any, Any], Any]:
    """Return the weighted negative log-likelihood of a minibatch (x, y, share)."""
    import torch
    from torch.nn import functional

    half_log_2pi = 0.5 * float(np.log(2.0 * np.pi))

    def loss(x: Any, y: Any, share: Any) -> Any:
        z = net(x)
        if workload.family == "gaussian":
            scale = functional.softplus(z[:, 1]) + FLOOR
            values = 0.5 * ((y - z[:, 0]) / scale) ** 2 + torch.log(scale) + half_log_2pi
        elif workload.family == "categorical":
            values = functional.cross_entropy(z, y, reduction="none")
        else:
            values = functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1)
        return torch.dot(values, share)

    return loss


def optimizer_of(workload: Workload, parameters: Any, **options: Any) -> Any:
    """Return the optimiser."""
    import torch

    kind = torch.optim.Adam if workload.optimizer == "adam" else torch.optim.SGD
    return kind(parameters, lr=LEARNING_RATE, **options)


def step_seconds(workload: Workload, fused: bool = False) -> float:
    """Return the seconds of one step; `fused` takes the optimiser's single kernel instead of its default."""
    net = network(workload)
    optimizer = optimizer_of(workload, net.parameters(), **({"fused": True} if fused else {}))
    return timed(workload, net, loss_of(workload, net), optimizer)


def timed(
    workload: Workload,
    net: Any,
    loss_function: Callable[[Any, Any, Any], Any],
    optimizer: Any,
    device: str = "cpu",
    begin_step: Callable[[], object] = lambda: None,
) -> float:
    """Return the seconds of one step of a network on a device, where data, rows and losses lie as well."""
    import torch

    x, y = (torch.from_numpy(a).to(device) for a in workload.data())
    parameters, rng = list(net.parameters()), np.random.default_rng(0)

    def run(epochs: int) -> None:
        for _ in range(epochs):
            rows, share = (torch.from_numpy(a).to(device) for a in workload.minibatches(rng))
            losses = torch.empty(len(rows), device=device)
            for i in range(len(rows)):
                begin_step()
                optimizer.zero_grad(set_to_none=True)
                loss = loss_function(x[rows[i]], y[rows[i]], share[i])
                loss.backward()
                losses[i] = loss.detach()
                torch.nn.utils.clip_grad_norm_(parameters, CLIP)
                optimizer.step()
            if not np.isfinite(losses.cpu().numpy()).all():  # which also waits for a card
                raise FloatingPointError("the loss is not finite")

    return per_step(run, workload)
