"""Goldens of the Models room: keys, shapes and logits of torchvision's networks and of independent forms of the others.

Made with torch 1.13.1, torchvision 0.14.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/models.py

Writes tests/FineTune.Tests/Goldens/Models/models.json:
  state    a model's number of tensors and of values, and the sha256 of its lines "key [shape]\n", in order, for 10 classes
  logits   a model's output [2, 10] where every tensor and the input are filled by the formulas below
"""
import hashlib
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models

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
    """Every value is a function of its tensor's place k in the state dict and its own place i in the tensor."""
    for k, (name, t) in enumerate(model.state_dict().items()):
        if not t.is_floating_point():
            continue
        wave = 43758.5453 * np.sin(12.9898 * np.arange(t.numel()) + 78.233 * k)
        wave = 2 * (wave - np.floor(wave)) - 1  # looks random, uniform in -1..1
        if t.dim() > 1:
            values = wave * np.sqrt(6.0 * t.shape[0] / t.numel())  # keeps the variance through a ReLU
        elif name.endswith("running_var"):
            values = 1 + 0.5 * wave
        elif name.endswith("weight"):
            values = 1 + 0.25 * wave
        else:
            values = 0.1 * wave
        t.copy_(torch.from_numpy(values.astype(np.float32)).view(t.shape))


def picture(size):
    return torch.from_numpy(np.sin(0.011 * np.arange(2 * 3 * size * size) + 0.5).astype(np.float32)).view(2, 3, size, size)


def main():
    torch.set_grad_enabled(False)
    zoo = {name: getattr(models, name)(num_classes=CLASSES) for name in ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]}
    zoo.update({f"cifar_resnet{d}": CifarResNet(d) for d in [20, 32, 44, 56, 110]})
    zoo.update({"mobilenet_v1": MobileNetV1(1), "mobilenet_v1_075": MobileNetV1(0.75), "mobilenet_v1_050": MobileNetV1(0.5), "mobilenet_v1_025": MobileNetV1(0.25)})
    state, logits = {}, {}
    for name, model in zoo.items():
        tensors = model.state_dict()
        lines = "".join(f"{key} [{', '.join(map(str, t.shape))}]\n" for key, t in tensors.items())
        state[name] = {"tensors": len(tensors), "values": sum(t.numel() for t in tensors.values()), "sha256": hashlib.sha256(lines.encode()).hexdigest()}
    for name, size in {"resnet18": 40, "resnet50": 40, "cifar_resnet20": 16, "mobilenet_v1_025": 40}.items():
        model = zoo[name].eval()
        fill(model)
        logits[name] = {"size": size, "values": [float(v) for v in model(picture(size)).flatten()]}
        print(name, logits[name]["values"][:4], logits[name]["values"][10:14])
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"state": state, "logits": logits}, indent=1) + "\n")


main()
