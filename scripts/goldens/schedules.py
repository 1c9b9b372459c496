#!/usr/bin/env python3
"""Goldens of the schedules: the learning rate's factor (and momentum) at every step of short runs.

    /usr/bin/python3 scripts/goldens/schedules.py        # PyTorch 1.13.1 (Debian's python3-torch), NumPy

writes tests/FineTune.Tests/Goldens/schedules.json. A case has a schedule as a recipe would write it, the run's steps and the
steps of an epoch. PyTorch's schedulers run on an optimizer of lr 1, fastai's formulas (callback/schedule.py: SchedCos, combine_scheds)
are written out in NumPy.
"""
import json
import math
import os
import warnings

import numpy as np
import torch
from torch.optim import lr_scheduler as S

warnings.filterwarnings("ignore")
CASES = []


def add(name, options, steps, epoch, lr, momentum=None):
    CASES.append({"name": name, "options": options, "steps": steps, "epoch": epoch, "lr": [float(v) for v in lr],
                  "momentum": None if momentum is None else [float(v) for v in momentum]})


def torch_case(name, options, steps, epoch, make, momentum=False):
    w = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([w], lr=1.0, momentum=0.9)
    scheduler = make(optimizer)
    lr, mu = [], []
    for _ in range(steps):
        lr.append(optimizer.param_groups[0]["lr"])
        mu.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        scheduler.step()
    add(name, options, steps, epoch, lr, mu if momentum else None)


def fastai_cos(start, end, pos):
    return start + (1 + np.cos(np.pi * (1 - pos))) * (end - start) / 2


def fastai_combined(pct, start, middle, end, steps):
    for step in range(steps):
        pos = step / steps
        yield fastai_cos(start, middle, pos / pct) if pos < pct else fastai_cos(middle, end, (pos - pct) / (1 - pct))


def plateau(options, values, **kw):
    w = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([w], lr=1.0)
    scheduler = S.ReduceLROnPlateau(optimizer, eps=0, **kw)
    factors = []
    for v in values:
        scheduler.step(v)
        factors.append(optimizer.param_groups[0]["lr"])
    return {"options": options, "values": values, "factors": factors}


def lr_find(lrs, losses, iterations):
    """fastai's callback/schedule.py: lr_find leaves out the first tenth and the last five, then valley, steep and minimum."""
    kept, loss = lrs[iterations // 10:-5], losses[iterations // 10:-5]
    n, max_start, max_end = len(loss), 0, 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(0, i):
            if loss[i] < loss[j] and lds[i] < lds[j] + 1:
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    valley = kept[max_start + int(sections) + int(sections / 2)]
    grads = (np.array(loss[1:]) - loss[:-1]) / (np.log(kept[1:]) - np.log(kept[:-1]))
    return {"iterations": iterations, "lrs": lrs, "losses": losses, "valley": valley, "steepest": kept[int(grads.argmin())],
            "minimum": kept[int(np.argmin(loss))] / 10}


def main():
    torch_case("step", {"every": "7 steps", "by": 0.3}, 40, 4, lambda o: S.StepLR(o, 7, 0.3))
    torch_case("step", {"every": "3 epochs"}, 40, 4, lambda o: S.StepLR(o, 12, 0.1))
    torch_case("multi-step", {"milestones": ["2 epochs", "50%", "31 steps"], "by": 0.2}, 40, 4, lambda o: S.MultiStepLR(o, [8, 20, 31], 0.2))
    torch_case("exponential", {"k": 0.37}, 40, 1, lambda o: S.ExponentialLR(o, math.exp(-0.37)))
    torch_case("exponential", {"half_life": "5 steps"}, 40, 4, lambda o: S.ExponentialLR(o, 0.5 ** 0.2))
    torch_case("inverse-time", {"k": 0.8}, 40, 4, lambda o: S.LambdaLR(o, lambda t: 1 / (1 + 0.8 * t / 4)))
    torch_case("linear", {"from": 0.25, "to": 0.75, "over": "13 steps"}, 40, 4, lambda o: S.LinearLR(o, 0.25, 0.75, 13))
    torch_case("linear", {"from": 1, "to": 0}, 40, 4, lambda o: S.LinearLR(o, 1.0, 0.0, 40))
    torch_case("polynomial", {"power": 2}, 40, 4, lambda o: S.PolynomialLR(o, 40, 2.0))
    torch_case("polynomial", {"power": 0.9}, 40, 4, lambda o: S.PolynomialLR(o, 40, 0.9))
    torch_case("cosine", {}, 40, 4, lambda o: S.CosineAnnealingLR(o, 40))
    torch_case("cosine", {"floor": 0.05}, 40, 4, lambda o: S.CosineAnnealingLR(o, 40, 0.05))
    torch_case("restarts", {"first": "5 steps", "mult": 1, "floor": 0.1}, 40, 4, lambda o: S.CosineAnnealingWarmRestarts(o, 5, 1, 0.1))
    torch_case("restarts", {"first": "1 epoch", "mult": 2}, 60, 4, lambda o: S.CosineAnnealingWarmRestarts(o, 4, 2))
    torch_case("restarts", {"first": "3 steps", "mult": 3}, 60, 4, lambda o: S.CosineAnnealingWarmRestarts(o, 3, 3))
    torch_case("cyclic", {"low": 0.2, "up": "5 steps"}, 40, 4, lambda o: S.CyclicLR(o, 0.2, 1.0, 5, cycle_momentum=False))
    torch_case("cyclic", {"low": 0.1, "up": "4 steps", "down": "9 steps"}, 40, 4, lambda o: S.CyclicLR(o, 0.1, 1.0, 4, 9, cycle_momentum=False))
    torch_case("cyclic", {"low": 0.1, "up": "1 epoch", "mode": "triangular2"}, 40, 4, lambda o: S.CyclicLR(o, 0.1, 1.0, 4, mode="triangular2", cycle_momentum=False))
    for anneal in ("linear", "cos"):
        for three in (True, False):
            options = {"pct_start": 0.3, "phases": 3 if three else 2, "anneal": anneal, "div": 25, "div_final": 1e4}
            torch_case("one-cycle-paper", options, 41, 4, lambda o: S.OneCycleLR(
                o, 1.0, 41, pct_start=0.3, anneal_strategy=anneal, three_phase=three, div_factor=25, final_div_factor=1e4), momentum=True)
    add("one-cycle", {}, 40, 4, fastai_combined(0.25, 1 / 25, 1, 1e-5, 40), fastai_combined(0.25, 0.95, 0.85, 0.95, 40))
    add("one-cycle", {"pct_start": 0.3, "div": 10, "div_final": 100}, 37, 4, fastai_combined(0.3, 0.1, 1, 0.01, 37), fastai_combined(0.3, 0.95, 0.85, 0.95, 37))
    add("flat-cosine", {}, 40, 4, [1.0 if t < 30 else fastai_cos(1, 0, (t / 40 - 0.75) / 0.25) for t in range(40)])
    torch_case("snapshot", {"cycles": 3, "growth": 2}, 70, 7, lambda o: S.CosineAnnealingWarmRestarts(o, 10, 2))
    add("snapshot", {"cycles": 3}, 40, 4, [(math.cos(math.pi * ((t - 1) % 14) / 14) + 1) / 2 for t in range(1, 41)])
    torch_case("cosine", {"warmup": "10 steps", "warmup_from": 0.1}, 40, 4, lambda o: S.SequentialLR(
        o, [S.LinearLR(o, 0.1, 1.0, 10), S.CosineAnnealingLR(o, 30)], [10]))
    torch_case("constant", {"warmup": "25%", "warmup_from": 0.01, "warmup_shape": "exponential"}, 40, 4, lambda o: S.LambdaLR(
        o, lambda t: 0.01 ** max(0.0, 1 - t / 10)))

    rng = np.random.RandomState(0)
    noisy = [float(v) for v in np.round(1 / (1 + np.arange(60) / 5) + 0.1 * rng.rand(60), 4)]
    rising = [float(v) for v in np.round(1 - 1 / (1 + np.arange(60) / 4) + 0.05 * rng.rand(60), 4)]
    sequences = [
        plateau({"patience": 2}, noisy, patience=2),
        plateau({"patience": 3, "by": 0.5, "cooldown": 2, "floor": 0.01}, noisy, patience=3, factor=0.5, cooldown=2, min_lr=0.01),
        plateau({"patience": 1, "by": 0.5, "relative": False, "threshold": 0.02}, noisy, patience=1, factor=0.5, threshold_mode="abs", threshold=0.02),
        plateau({"patience": 2, "by": 0.3, "watch": "top1"}, rising, patience=2, factor=0.3, mode="max"),
        plateau({"patience": 0, "by": 0.9, "watch": "top1", "relative": False, "threshold": 0.01, "cooldown": 1}, rising, patience=0, factor=0.9, mode="max", threshold_mode="abs", threshold=0.01, cooldown=1),
    ]
    finds = []
    for seed, noise, n, iterations in ((0, 0.02, 100, 100), (1, 0.3, 100, 100), (2, 0.05, 61, 100), (3, 0.0, 50, 50), (4, 0.1, 30, 30)):
        r = np.random.RandomState(seed)
        x = np.linspace(0, 1, iterations)[:n]
        losses = 2.3 - 1.5 / (1 + np.exp(-20 * (x - 0.5))) + 10 * np.maximum(0, x - 0.8) ** 2 + noise * r.rand(n)
        finds.append(lr_find([float(v) for v in 1e-7 * 1e8 ** x], [float(v) for v in np.round(losses, 5)], iterations))
    path = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "FineTune.Tests", "Goldens", "schedules.json")
    with open(path, "w") as f:
        f.write('{\n"cases": [\n' + ",\n".join(json.dumps(c) for c in CASES) + '\n],\n"plateau": [\n' + ",\n".join(json.dumps(s) for s in sequences) + '\n],\n"lr_find": [\n' + ",\n".join(json.dumps(v) for v in finds) + "\n]\n}\n")


main()
