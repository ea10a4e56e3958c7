"""One GPU: the compiled engine against `torch.compile` with CUDA graphs, on the same card."""

import numpy as np

from speed.timing import per_step
from speed.workloads import CLIP, WORKLOADS, Workload

GPU_WORKLOADS = {
    "mnist": WORKLOADS["mnist"],
    "ae": WORKLOADS["ae"],
    "wide": Workload(784, (2048, 2048), 10, 1024, 12000, "categorical", "relu", "adam", 4),
}


def torch_compiled(workload: Workload, device: str = "cuda", mode: str = "reduce-overhead") -> float:
    """Return the seconds of one step, with data, rows and losses on the card and the fused optimiser."""
    import torch

    from speed.torch_peer import loss_of, network, optimizer_of

    torch.set_float32_matmul_precision("high")  # as XLA multiplies on a GPU unless told otherwise
    x, y = (torch.from_numpy(a).to(device) for a in workload.data())
    net = network(workload).to(device)
    parameters = list(net.parameters())
    optimizer = optimizer_of(workload, parameters, fused=True)
    loss_function, rng = torch.compile(loss_of(workload, net), mode=mode), np.random.default_rng(0)

    def run(epochs: int) -> None:
        for _ in range(epochs):
            rows, share = (torch.from_numpy(a).to(device) for a in workload.minibatches(rng))
            losses = torch.empty(len(rows), device=device)
            for i in range(len(rows)):
                torch.compiler.cudagraph_mark_step_begin()
                optimizer.zero_grad(set_to_none=True)
                loss = loss_function(x[rows[i]], y[rows[i]], share[i])
                loss.backward()
                losses[i] = loss.detach()
                torch.nn.utils.clip_grad_norm_(parameters, CLIP)
                optimizer.step()
            if not np.isfinite(losses.cpu().numpy()).all():  # which also waits for the card
                raise FloatingPointError("the loss is not finite")

    return per_step(run, workload)
