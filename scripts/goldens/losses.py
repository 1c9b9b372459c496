"""Goldens of the losses: values and gradients by PyTorch's cross_entropy, and of the focal loss by its formula under PyTorch's autograd.

Made with torch 1.13.1 (Debian 12; it calls itself 1.13.0a0), by

    /usr/bin/python3 scripts/goldens/losses.py

Writes tests/FineTune.Tests/Goldens/Train/losses.json: logits [12, 5], rounded so that float32 holds them exactly, labels [12], weights [5], and
cases of (name, focal_gamma, weighted, label_smoothing, loss, gradient [12, 5]), computed in double precision.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Train/losses.json"
N, CLASSES = 12, 5


def focal(logits, labels, gamma, weight, smoothing):
    """Lin et al. 2017, equation 5: -alpha_t (1 - p_t)^gamma log p_t, averaged as PyTorch averages weighted losses.

    A smoothed target q sums it over all classes, each with its own probability, as cross_entropy does.
    """
    total = 0
    for z, y in zip(logits, labels):
        p = z.exp() / z.exp().sum()
        for c in range(CLASSES):
            q = smoothing / CLASSES + (1 - smoothing if c == y else 0)
            total = total - q * weight[c] * (1 - p[c]) ** gamma * p[c].log()
    return total / weight[labels].sum()


def main():
    torch.manual_seed(0)
    logits = (torch.randn(N, CLASSES, dtype=torch.float64) * 2 * 64).round() / 64
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4])
    weights = torch.tensor([0.5, 0.75, 2.0, 3.0, 1.25], dtype=torch.float64)
    cases = []
    for gamma in (None, 0.0, 0.5, 2.0, 5.0):
        for weighted in (False, True):
            for smoothing in (0.0, 0.1):
                z = logits.clone().requires_grad_()
                w = weights if weighted else torch.ones(CLASSES, dtype=torch.float64)
                if gamma is None:
                    loss = F.cross_entropy(z, labels, weight=w, label_smoothing=smoothing)
                else:
                    loss = focal(z, labels, gamma, w, smoothing)
                loss.backward()
                cases.append({
                    "name": "cross-entropy" if gamma is None else "focal", "focal_gamma": gamma, "weighted": weighted, "label_smoothing": smoothing,
                    "loss": loss.item(), "gradient": z.grad.flatten().tolist(),
                })
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({
        "made_by": f"torch {torch.__version__}", "logits": logits.flatten().tolist(), "labels": labels.tolist(), "weights": weights.tolist(), "cases": cases,
    }) + "\n")
    print(len(cases), "cases by torch", torch.__version__)


main()
