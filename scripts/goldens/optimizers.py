"""Goldens of the Optimize room: trajectories of torch.optim in float64, and of the textbook forms that torch lacks.

Made with torch 1.13.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/optimizers.py

Writes tests/FineTune.Tests/Goldens/Optimize/optimizers.json: of each case its recipe and w after 1, 10 and 100 steps.
The task: 37 weights w_i = sin(0.7 i + 0.3); at step t from 0 the gradient is a_i w_i + cos(0.3 i + 0.11 t) with
a_i = 0.1 + 0.05 (i mod 7), and the learning rate is lr 0.99^t.
"""
import itertools
import json
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Optimize/optimizers.json"
N, MARKS = 37, [1, 10, 100]
INDEX = np.arange(N, dtype=np.float64)
START = np.sin(0.7 * INDEX + 0.3)
CURVATURE = 0.1 + 0.05 * (np.arange(N) % 7)


def gradient(w, t):
    return CURVATURE * w + np.cos(0.3 * INDEX + 0.11 * t)


def trajectory(step):
    """step(t) -> the point where the next gradient is taken."""
    return {str(t + 1): [float(v) for v in w] for t in range(MARKS[-1]) for w in [step(t)] if t + 1 in MARKS}


def by_torch(kind, lr, **options):
    w = torch.nn.Parameter(torch.from_numpy(START.copy()))
    optimizer = kind([w], lr=lr, **options)

    def step(t):
        optimizer.param_groups[0]["lr"] = lr * 0.99**t
        w.grad = torch.from_numpy(gradient(w.detach().numpy(), t))
        optimizer.step()
        return w.detach().numpy().copy()

    return trajectory(step)


def polyak(lr, mu, decay):
    """The velocity is a displacement: w' = w + v', v' = mu v - lr (g(w) + decay w)."""
    w, v = START.copy(), np.zeros(N)

    def step(t):
        nonlocal w, v
        v = mu * v - lr * 0.99**t * (gradient(w, t) + decay * w)
        w = w + v
        return w

    return trajectory(step)


def nesterov(lr, mu, decay):
    """The original form: the gradient is taken at theta + mu v; that point is what a network's weights are."""
    theta, v = START.copy(), np.zeros(N)

    def step(t):
        nonlocal theta, v
        ahead = theta + mu * v
        v = mu * v - lr * 0.99**t * (gradient(ahead, t) + decay * ahead)
        theta = theta + v
        return theta + mu * v

    return trajectory(step)


def main():
    cases = []

    def case(name, options, w):
        cases.append({"name": name, "options": options, "w": w})

    for momentum, dampening, look_ahead, decay in itertools.product([0, 0.9], [0, 0.3], [False, True], [0, 0.01]):
        if look_ahead and (momentum == 0 or dampening > 0) or dampening > 0 and momentum == 0:
            continue
        options = {"lr": 0.05, "momentum": momentum, "dampening": dampening, "nesterov": look_ahead, "weight_decay": decay}
        case("sgd", options, by_torch(torch.optim.SGD, **options))
    for decay in [0, 0.01]:
        for name, form in [("momentum", polyak), ("nesterov", nesterov)]:
            case(name, {"lr": 0.05, "momentum": 0.9, "weight_decay": decay}, form(0.05, 0.9, decay))
    for name, kind in [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)]:
        for (beta1, beta2, eps), decay in itertools.product([(0.9, 0.999, 1e-8), (0.5, 0.9, 1e-3), (0.0, 0.99, 1e-6)], [0, 0.05]):
            options = {"lr": 0.01, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": decay}
            case(name, options, by_torch(kind, 0.01, betas=(beta1, beta2), eps=eps, weight_decay=decay))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"cases": cases}) + "\n")
    print(len(cases), "cases,", OUT.stat().st_size, "bytes")


main()
