"""The default model with several members as a plain torch script: what a good user would write.

    python benchmarks/speed/torch_script.py TABLE.csv MODEL.pt [--members 5] [--epochs 400] [--threads 1]

The last column is the target. Each member: 128-128 silu, Gaussian NLL, AdamW with decay on matrices, cosine with
warm-up, clipping, early stopping on a split of its own, best weights kept.
"""

import argparse
import copy
import math

import numpy as np
import torch
from torch import nn

BATCH, RATE, DECAY, CLIP, PATIENCE, WARMUP, FLOOR = 32, 3e-3, 0.01, 5.0, 60, 0.1, 1e-3


def nll(net: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-likelihood."""
    z = net(x)
    scale = nn.functional.softplus(z[:, 1]) + FLOOR
    return (0.5 * ((y - z[:, 0]) / scale) ** 2 + torch.log(scale)).mean() + 0.5 * math.log(2.0 * math.pi)


def fit_member(x: torch.Tensor, y: torch.Tensor, epochs: int) -> dict[str, torch.Tensor]:
    """Return the best weights of one member."""
    order = torch.randperm(len(x))
    held, train = order[: round(0.1 * len(x))], order[round(0.1 * len(x)) :]
    x_held, y_held, x, y = x[held], y[held], x[train], y[train]
    net = nn.Sequential(nn.Linear(x.shape[1], 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, 2))
    parameters = list(net.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": DECAY},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    total = epochs * math.ceil(len(x) / BATCH)
    warm = round(WARMUP * total)
    best, best_epoch, weights, step = math.inf, 0, copy.deepcopy(net.state_dict()), 0
    for epoch in range(1, epochs + 1):
        for rows in torch.randperm(len(x)).split(BATCH):
            rate = RATE * 0.5 * (1.0 + math.cos(math.pi * step / total)) * min(1.0, (step + 1) / max(warm, 1))
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.zero_grad()
            nll(net, x[rows], y[rows]).backward()
            nn.utils.clip_grad_norm_(parameters, CLIP)
            optimizer.step()
            step += 1
        with torch.inference_mode():
            value = float(nll(net, x_held, y_held))
        if value < best:
            best, best_epoch, weights = value, epoch, copy.deepcopy(net.state_dict())
        elif epoch - best_epoch >= PATIENCE:
            break
    print(f"best validation NLL {best:.3f} in epoch {best_epoch}, after {step} steps")
    return weights


def main() -> None:
    """Fit all members, one after another, and save them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("model")
    parser.add_argument("--members", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    table = np.loadtxt(options.table, delimiter=",", skiprows=1, dtype=np.float32)
    mean, std = table.mean(0), table.std(0)
    scaled = torch.from_numpy((table - mean) / std)
    x, y = scaled[:, :-1].contiguous(), scaled[:, -1].contiguous()
    members = [fit_member(x, y, options.epochs) for _ in range(options.members)]
    torch.save({"members": members, "mean": torch.from_numpy(mean), "std": torch.from_numpy(std)}, options.model)


if __name__ == "__main__":
    main()
