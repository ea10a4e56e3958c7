"""One GPU: the compiled engine against `torch.compile` with CUDA graphs, on the same card."""

from speed.workloads import WORKLOADS, Workload

GPU_WORKLOADS = {
    "mnist": WORKLOADS["mnist"],
    "ae": WORKLOADS["ae"],
    "wide": Workload(784, (2048, 2048), 10, 1024, 12000, "categorical", "relu", "adam", 4),
}


def torch_compiled(workload: Workload, device: str = "cuda", mode: str = "reduce-overhead") -> float:
    """Return the seconds of one step, with data, rows and losses on the card and the fused optimiser."""
    import torch

    from speed.torch_peer import loss_of, network, optimizer_of, timed

    torch.set_float32_matmul_precision("high")  # as XLA multiplies on a GPU unless told otherwise
    net = network(workload).to(device)
    optimizer = optimizer_of(workload, net.parameters(), fused=True)
    loss_function = torch.compile(loss_of(workload, net), mode=mode)
    return timed(workload, net, loss_function, optimizer, device, torch.compiler.cudagraph_mark_step_begin)
