"""A step of torch.optim's rules over the shapes of torchvision's ResNet-50, one parameter at a time and with foreach. A line a
rule: its name as FineTune spells it, and the medians in milliseconds of both; nan where torch 1.13 has no such variant.

    /usr/bin/python3 scripts/bench/peers/optimizers.py [ROUNDS] [RULE ...]
"""
import statistics
import sys
import time

import torch
import torchvision

RULES = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {"weight_decay": 0}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adadelta": (torch.optim.Adadelta, {}),
    "adamax": (torch.optim.Adamax, {}),
    "nadam": (torch.optim.NAdam, {}),
    "radam": (torch.optim.RAdam, {}),
}
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
torch.set_num_threads(2)
torch.manual_seed(0)
shapes = [p.shape for p in torchvision.models.resnet50(weights=None).parameters()]


def median(kind, options):
    weights = [torch.nn.Parameter(torch.randn(s) * 0.05) for s in shapes]
    for w in weights:
        w.grad = torch.randn(w.shape) * 0.01
    optimizer = kind(weights, **{"lr": 1e-6, **options})
    times = []
    for k in range(rounds + 3):
        start = time.perf_counter()
        optimizer.step()
        if k >= 3:
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


for name in sys.argv[2:] or RULES:
    if name in RULES:
        kind, options = RULES[name]
        print(name, *("%.2f" % median(kind, {**options, "foreach": foreach}) for foreach in (False, True)), flush=True)
