"""Goldens of the Models room: keys, shapes and logits of torchvision's networks and of independent forms of the others.

Made with torch 1.13.1, torchvision 0.14.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/models.py [NAME ...]

(with names: these rows alone are made anew)

Writes tests/FineTune.Tests/Goldens/Models/models.json, a row a model, for 10 classes:
  tensors, values, sha256   of its state dict: how many, and the hash of its lines "key [shape]\\n", sorted
  parameters                of the model
  multiply_adds             for one image of the size of the logits, where hooks see them all
  size, logits              the pixels a side, and the output [2, 10], where every tensor and the input are filled by the formulas below
  step                      loss, norm of the gradient, loss after a step, loss in training, and the running means after that, of
                            networks with batch norms in double precision: in single, the loss in training of resnext101_32x8d differs by 3e-3 with
                            the number of threads
"""
import hashlib
import json
import pathlib
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models
from torchvision.ops import StochasticDepth

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Models/models.json"
CLASSES = 10


class CifarBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.added = planes - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.added:  # option A: every second pixel, zeros for the new channels
            zeros = torch.zeros(x.shape[0], self.added // 2, y.shape[2], y.shape[3])
            x = torch.cat([zeros, x[:, :, ::2, ::2], zeros], 1)
        return F.relu(y + x)


class CifarResNet(nn.Module):
    """He et al. 2015, section 4.2."""

    def __init__(self, depth):
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        channels = 16
        for k, planes in enumerate([16, 32, 64]):
            layer = []
            for b in range(blocks):
                layer.append(CifarBlock(channels, planes, 2 if k and not b else 1))
                channels = planes
            setattr(self, f"layer{k + 1}", nn.Sequential(*layer))
        self.linear = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, table 1, with leaky ReLU of slope 0.1 and the public x0.25 weights' keys."""

    def __init__(self, width):
        super().__init__()
        c = lambda full: int(full * width)
        full = lambda i, o, s: nn.Sequential(nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(0.1))
        wise = lambda i, o, s: nn.Sequential(
            nn.Conv2d(i, i, 3, s, 1, groups=i, bias=False), nn.BatchNorm2d(i), nn.LeakyReLU(0.1),
            nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(0.1))
        self.stage1 = nn.Sequential(
            full(3, c(32), 2), wise(c(32), c(64), 1), wise(c(64), c(128), 2), wise(c(128), c(128), 1),
            wise(c(128), c(256), 2), wise(c(256), c(256), 1))
        self.stage2 = nn.Sequential(wise(c(256), c(512), 2), *[wise(c(512), c(512), 1) for _ in range(5)])
        self.stage3 = nn.Sequential(wise(c(512), c(1024), 2), wise(c(1024), c(1024), 1))
        self.fc = nn.Linear(c(1024), CLASSES)

    def forward(self, x):
        return self.fc(self.stage3(self.stage2(self.stage1(x))).mean((2, 3)))


def fill(model):
    """Every value is a function of its tensor's key and its own place i in the tensor: two tensors that change places change the logits."""
    for key, t in model.state_dict().items():
        if not t.is_floating_point():
            continue
        mixed = np.arange(t.numel(), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(zlib.crc32(key.encode()))
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(2246822519)
        mixed ^= mixed >> np.uint32(13)
        wave = mixed / 2.0**31 - 1  # looks random, uniform in -1..1
        if t.dim() > 1:
            values = wave * np.sqrt(6.0 * t.shape[0] / t.numel())  # keeps the variance through a ReLU
        elif key.endswith("running_var"):
            values = 1 + 0.5 * wave
        elif key.endswith("weight"):
            values = 0.7 + 0.2 * wave  # below 1: deep residual networks stay well conditioned
        else:
            values = 0.1 * wave
        t.copy_(torch.from_numpy(values.astype(np.float32)).view(t.shape))


def picture(size):
    return torch.from_numpy(np.sin(0.011 * np.arange(2 * 3 * size * size) + 0.5).astype(np.float32)).view(2, 3, size, size)


def step(model, images):
    """Loss, norm of the gradient, and loss after a step of length 0.1 against it, with running statistics; then the loss in training, without
    dropout, and what that made of the running means: their root of the mean square. Gradients in training are not compared: in single
    precision those of some deep networks differ by percents from double precision."""
    for m in model.modules():
        if isinstance(m, (nn.Dropout, StochasticDepth)):
            m.p = 0.0
    loss = F.cross_entropy(model(images), torch.tensor([1, 3]))
    parameters = [p for p in model.parameters()]
    gradients = torch.autograd.grad(loss, parameters)
    norm = torch.sqrt(sum((g.double() ** 2).sum() for g in gradients))
    with torch.no_grad():
        for p, g in zip(parameters, gradients):
            p -= (0.1 / norm).to(g.dtype) * g
        after = F.cross_entropy(model(images), torch.tensor([1, 3]))
        model.train()
        training = F.cross_entropy(model(images), torch.tensor([1, 3]))
    means = [t.double() for key, t in model.state_dict().items() if key.endswith("running_mean")]
    spread = torch.sqrt(torch.cat(means).square().mean()) if means else torch.tensor(0.0)
    return [float(loss), float(norm), float(after), float(training), float(spread)]


def zoo():
    skip = {"vit_h_14", "regnet_y_128gf", "maxvit_t", "swin_v2_t", "swin_v2_s", "swin_v2_b"}
    for name in models.list_models(module=models):
        if name not in skip:
            extra = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
            yield name, lambda n=name, e=extra: models.get_model(n, num_classes=CLASSES, **e)
    for name in ["mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b5", "efficientnet_b6", "efficientnet_b7"]:
        yield f"{name}_timm", lambda n=name: with_timms_norms(models.get_model(n, num_classes=CLASSES))
    for depth in [20, 32, 44, 56, 110]:
        yield f"cifar_resnet{depth}", lambda d=depth: CifarResNet(d)
    for name, width in [("mobilenet_v1", 1), ("mobilenet_v1_075", 0.75), ("mobilenet_v1_050", 0.5), ("mobilenet_v1_025", 0.25)]:
        yield name, lambda w=width: MobileNetV1(w)


def with_timms_norms(model):
    """timm's source has its default norms here: eps 1e-5 and momentum 0.1."""
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.eps, m.momentum = 1e-5, 0.1
    return model


def size_of(name):
    if name.startswith("vit"):
        return 224  # it has a vector for each place
    return 128 if name == "inception_v3" else 32 if name.startswith("cifar") else 64


def multiply_adds(model, size):
    """Products summed up for one image by convolutions, linear layers and attention."""
    count, hooks = [0], []

    def conv(m, x, y):
        count[0] += y.shape[2] * y.shape[3] * m.weight.numel()

    def linear(m, x, y):
        count[0] += y.numel() * m.in_features

    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            hooks.append(m.register_forward_hook(conv))
        elif isinstance(m, nn.Linear):
            hooks.append(m.register_forward_hook(linear))
    model.eval()
    model(torch.zeros(1, 3, size, size))
    for h in hooks:
        h.remove()
    return int(count[0])


def main():
    for name in dir(nn.init):  # every value is filled below: what initialises them would only take time
        if name.endswith("_") and not name.startswith("_"):
            setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)
    some = sys.argv[1:]
    rows = json.loads(OUT.read_text()) if some else {}
    for name, make in zoo():
        if some and name not in some:
            continue
        model = make()
        tensors = model.state_dict()
        lines = "".join(sorted(f"{key} [{', '.join(map(str, t.shape))}]\n" for key, t in tensors.items()))
        row = {"tensors": len(tensors), "values": sum(t.numel() for t in tensors.values()), "sha256": hashlib.sha256(lines.encode()).hexdigest(),
               "parameters": sum(p.numel() for p in model.parameters())}
        size = size_of(name)
        with torch.no_grad():
            fill(model)
            if not name.startswith(("vit", "swin")):  # whose attention calls no layer
                row["multiply_adds"] = multiply_adds(model, size)
            model.eval()
            row["size"] = size
            row["logits"] = [float(v) for v in model(picture(size)).flatten()]
        normed = any(isinstance(m, nn.BatchNorm2d) for m in model.modules())
        row["step"] = step(model.double().eval(), picture(size).double()) if normed else step(model.eval(), picture(size))
        rows[name] = row
        print(name, row["values"], row["logits"][:3], row["step"], flush=True)
        del model
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(row)}' for name, row in rows.items()) + "\n}\n")


main()
