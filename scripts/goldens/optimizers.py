"""Goldens of the Optimize room: trajectories of torch.optim in float64, and of the papers' formulas where torch has none.

Made with torch 1.13.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/optimizers.py

Writes tests/FineTune.Tests/Goldens/Optimize/optimizers.json: of each case its recipe, the shape of its weights, and of w after
1, 10 and 100 steps every fifth weight and the last. The task: weights w_i = sin(0.7 i + 0.3), 37 in one row unless a shape says
otherwise; at step t from 0 the gradient is a_i w_i + cos(0.3 i + 0.11 t) with a_i = 0.1 + 0.05 (i mod 7), and the learning rate
is lr 0.99^t.
"""
import itertools
import json
import math
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Optimize/optimizers.json"
ROW, MARKS = (1, 37), [1, 10, 100]


class Task:
    def __init__(self, shape=ROW):
        self.shape, n = shape, shape[0] * shape[1]
        self.index = np.arange(n, dtype=np.float64)
        self.start = np.sin(0.7 * self.index + 0.3).reshape(shape)
        self.curvature = (0.1 + 0.05 * (np.arange(n) % 7)).reshape(shape)

    def gradient(self, w, t):
        return self.curvature * w + np.cos(0.3 * self.index + 0.11 * t).reshape(self.shape)

    def marks(self, step):
        """step(t) -> the point where the next gradient is taken."""
        kept = [*range(0, self.index.size - 1, 5), self.index.size - 1]
        return {str(t + 1): [float(w.flat[k]) for k in kept] for t in range(MARKS[-1]) for w in [step(t)] if t + 1 in MARKS}


def by_torch(kind, lr, shrink=0, **options):
    """shrink: a decoupled weight decay, for rules that torch gives only the L2 penalty."""
    task = Task()
    w = torch.nn.Parameter(torch.from_numpy(task.start.copy()))
    optimizer = kind([w], lr=lr, **options)

    def step(t):
        rate = optimizer.param_groups[0]["lr"] = lr * 0.99**t
        w.grad = torch.from_numpy(task.gradient(w.detach().numpy(), t))
        with torch.no_grad():
            w.mul_(1 - rate * shrink)
        optimizer.step()
        return w.detach().numpy().copy()

    return task.marks(step)


def by_formula(rule, lr, shape=ROW, **options):
    """rule(**options) -> a function (w, g, t from 1, rate) -> w that keeps its own memory."""
    task = Task(shape)
    w, update = task.start.copy(), rule(**options)

    def step(t):
        nonlocal w
        w = update(w, task.gradient(w, t), t + 1, lr * 0.99**t)
        return w.copy()

    return task.marks(step)


def polyak(momentum, weight_decay):
    """The velocity is a displacement: w' = w + v', v' = mu v - lr (g(w) + decay w)."""
    v = 0

    def update(w, g, t, lr):
        nonlocal v
        v = momentum * v - lr * (g + weight_decay * w)
        return w + v

    return update


def look_ahead(lr, momentum, weight_decay, ahead):
    """Nesterov's original form. ahead: look at the points where the gradient is taken, else at those that it steps to."""
    task = Task()
    theta, v = task.start.copy(), np.zeros(task.shape)

    def step(t):
        nonlocal theta, v
        point = theta + momentum * v
        v = momentum * v - lr * 0.99**t * (task.gradient(point, t) + weight_decay * point)
        theta = theta + v
        return theta + momentum * v if ahead else theta

    return task.marks(step)


def average(shape):
    """m = a m + (1 - a) g, then a step along shape(m)."""
    def rule(momentum, weight_decay):
        m = 0

        def update(w, g, t, lr):
            nonlocal m
            m = momentum * m + (1 - momentum) * (g + weight_decay * w)
            return w - lr * shape(m)

        return update

    return rule


def adam_biased(beta1, beta2, eps, weight_decay):
    m = v = 0

    def update(w, g, t, lr):
        nonlocal m, v
        g = g + weight_decay * w
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        return w - lr * m / (np.sqrt(v) + eps)

    return update


def adabelief(beta1, beta2, eps, weight_decay):
    m = s = 0

    def update(w, g, t, lr):
        nonlocal m, s
        g = g + weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps
        return w - lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)

    return update


def nadam(beta1, beta2, eps, momentum_decay, weight_decay):
    """Dozat's algorithm 2. torch 1.13.1 multiplies mu_t twice into its next product, and keeps the product in float32."""
    m, v, product = 0, 0, 1.0

    def update(w, g, t, lr):
        nonlocal m, v, product
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay)) for k in (t, t + 1))
        product *= mu
        g = g + weight_decay * w
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        step = (1 - mu) / (1 - product) * g + ahead / (1 - product * ahead) * m
        return w - lr * step / (np.sqrt(v / (1 - beta2**t)) + eps)

    return update


def lion(beta1, beta2, weight_decay):
    m = 0

    def update(w, g, t, lr):
        nonlocal m
        c = beta1 * m + (1 - beta1) * g
        m = beta2 * m + (1 - beta2) * g
        return w - lr * (np.sign(c) + weight_decay * w)

    return update


def adan(beta1, beta2, beta3, eps, weight_decay):
    m = v = n = 0
    last = None

    def update(w, g, t, lr):
        nonlocal m, v, n, last
        d = g - last if last is not None else 0 * g
        last = g.copy()
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * d
        n = beta3 * n + (1 - beta3) * (g + beta2 * d) ** 2
        rate = lr / (np.sqrt(n / (1 - beta3**t)) + eps)
        return (w - rate * (m / (1 - beta1**t) + beta2 * v / (1 - beta2**t))) / (1 + lr * weight_decay)

    return update


def lars(momentum, eta, weight_decay):
    v = 0

    def update(w, g, t, lr):
        nonlocal v
        norm, slope = math.sqrt((w**2).sum()), math.sqrt((g**2).sum())
        local = eta * norm / (slope + weight_decay * norm)
        v = momentum * v + lr * local * (g + weight_decay * w)
        return w - v

    return update


def lamb(beta1, beta2, eps, weight_decay):
    m = v = 0

    def update(w, g, t, lr):
        nonlocal m, v
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        u = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps) + weight_decay * w
        return w - lr * math.sqrt((w**2).sum() / (u**2).sum()) * u

    return update


def muon(momentum, weight_decay):
    m = 0

    def update(w, g, t, lr):
        nonlocal m
        m = momentum * m + (1 - momentum) * g
        x = (1 - momentum) * g + momentum * m
        x = x / (np.linalg.norm(x) + 1e-7)
        for _ in range(5):
            # the quintic of the authors acts on singular values alone: a s + b s^3 + c s^5
            left, s, right = np.linalg.svd(x, full_matrices=False)
            x = left @ np.diag(3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5) @ right
        return (1 - lr * weight_decay) * w - lr * math.sqrt(max(1, w.shape[0] / w.shape[1])) * x

    return update


def main():
    optim, cases, decays = torch.optim, [], [0, 0.01]

    def case(name, options, w, shape=ROW):
        cases.append({"name": name, "options": options, "shape": shape, "w": w})

    def torch_case(name, kind, lr, renamed=None, **options):
        """options are the recipe's; renamed are torch's, where they differ."""
        theirs = {k: v for k, v in options.items() if k not in ("beta1", "beta2", "initial", "momentum_decay", "decoupled")}
        if "beta1" in options:
            theirs["betas"] = (options["beta1"], options["beta2"])
        if "momentum_decay" in options:
            theirs["momentum_decay"] = options["momentum_decay"]
        if "initial" in options:
            theirs["initial_accumulator_value"] = options["initial"]
        if options.get("decoupled"):
            theirs["shrink"] = theirs.pop("weight_decay")
        case(name, {"lr": lr, **options}, by_torch(kind, lr, **{**theirs, **(renamed or {})}))

    def formula_case(name, rule, lr, shape=ROW, **options):
        case(name, {"lr": lr, **options}, by_formula(rule, lr, shape, **options), shape)

    for momentum, dampening, nesterov, decay in itertools.product([0, 0.9], [0, 0.3], [False, True], decays):
        if not (nesterov and (momentum == 0 or dampening > 0) or dampening > 0 and momentum == 0):
            torch_case("sgd", optim.SGD, 0.05, momentum=momentum, dampening=dampening, nesterov=nesterov, weight_decay=decay)
    torch_case("sgd", optim.SGD, 0.05, momentum=0.9, weight_decay=0.05, decoupled=True)
    for decay in decays:
        formula_case("momentum", polyak, 0.05, momentum=0.9, weight_decay=decay)
        for name, ahead in [("nesterov", True), ("nesterov_lookahead", False)]:
            case(name, {"lr": 0.05, "momentum": 0.9, "weight_decay": decay}, look_ahead(0.05, 0.9, decay, ahead))
        for momentum in [0.9, 0.5]:
            formula_case("averaged_momentum", average(lambda m: m), 0.1, momentum=momentum, weight_decay=decay)
            formula_case("signum", average(np.sign), 0.01, momentum=momentum, weight_decay=decay)
        formula_case("sign", lambda weight_decay: average(np.sign)(0, weight_decay), 0.01, weight_decay=decay)
        for scale in [1, 0.01]:
            shape = lambda m, s=scale: m / (s + np.abs(m))
            case("softsign", {"lr": 0.02, "momentum": 0.9, "scale": scale, "weight_decay": decay}, by_formula(average(shape), 0.02, momentum=0.9, weight_decay=decay))
        for lr_decay, initial, eps in [(0, 0, 1e-10), (0.1, 0, 1e-10), (0, 0.5, 1e-3)]:
            torch_case("adagrad", optim.Adagrad, 0.1, lr_decay=lr_decay, initial=initial, eps=eps, weight_decay=decay)
        for alpha, eps, momentum, centered in [(0.99, 1e-8, 0, False), (0.9, 1e-3, 0, False), (0.9, 1e-8, 0.9, False), (0.95, 1e-3, 0, True), (0.95, 1e-2, 0.9, True)]:
            torch_case("rmsprop", optim.RMSprop, 0.005, alpha=alpha, eps=eps, momentum=momentum, centered=centered, weight_decay=decay)
        for rho, eps in [(0.9, 1e-6), (0.95, 1e-3)]:
            torch_case("adadelta", optim.Adadelta, 0.5, rho=rho, eps=eps, weight_decay=decay)
        for beta1, beta2, eps in [(0.9, 0.999, 1e-8), (0.5, 0.9, 1e-3)]:
            moments = {"beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": decay}
            for amsgrad in [False, True]:
                torch_case("adam", optim.Adam, 0.01, **moments, amsgrad=amsgrad)
                torch_case("adamw", optim.AdamW, 0.01, **{**moments, "weight_decay": 5 * decay}, amsgrad=amsgrad)
            torch_case("amsgrad", optim.Adam, 0.01, {"amsgrad": True}, **moments)
            torch_case("adamax", optim.Adamax, 0.01, **moments)
            torch_case("radam", optim.RAdam, 0.01, **moments)
            formula_case("nadam", nadam, 0.01, **moments, momentum_decay=0.004 if beta1 == 0.9 else 0.1)
            case("adam", {"lr": 0.01, **moments, "bias_correction": False}, by_formula(adam_biased, 0.01, **moments))
            formula_case("adabelief", adabelief, 0.01, **{**moments, "eps": 1e-16 if beta1 == 0.9 else 1e-3})
            formula_case("lamb", lamb, 0.01, **{**moments, "eps": 1e-6 if beta1 == 0.9 else 1e-3})
        for beta1, beta2, beta3, eps in [(0.98, 0.92, 0.99, 1e-8), (0.9, 0.5, 0.9, 1e-3)]:
            formula_case("adan", adan, 0.01, beta1=beta1, beta2=beta2, beta3=beta3, eps=eps, weight_decay=decay)
        for beta1, beta2 in [(0.9, 0.99), (0.5, 0.9)]:
            formula_case("lion", lion, 0.003, beta1=beta1, beta2=beta2, weight_decay=decay)
        for eta in [0.001, 0.02]:
            formula_case("lars", lars, 1, momentum=0.9, eta=eta, weight_decay=decay)
        for shape in [(4, 9), (9, 4)]:
            formula_case("muon", muon, 0.02, shape, momentum=0.95, weight_decay=decay)
    torch_case("adam", optim.Adam, 0.01, beta1=0.0, beta2=0.99, eps=1e-6, weight_decay=0.05, decoupled=True)
    torch_case("rmsprop", optim.RMSprop, 0.005, alpha=0.9, eps=1e-8, weight_decay=0.05, decoupled=True)

    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("{\"cases\": [\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
    print(len(cases), "cases,", OUT.stat().st_size, "bytes")


main()
