"""Evaluates a CIFAR ResNet on a folder of class folders with PyTorch; one line of JSON.

    /usr/bin/python3 scripts/bench/peers/eval.py DEPTH WEIGHTS FOLDER
"""
import json
import sys

import torch
from torch.nn import functional as F
from torchvision import datasets, transforms

from nets import CifarResNet, load

depth, weights, folder = sys.argv[1:]
torch.set_num_threads(2)
view = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
loader = torch.utils.data.DataLoader(datasets.ImageFolder(folder, view), batch_size=128, num_workers=2)
net = load(CifarResNet(int(depth)), weights).eval()
right, nll, n = 0, 0.0, 0
with torch.inference_mode():
    for images, labels in loader:
        logits = net(images)
        right += (logits.argmax(1) == labels).sum().item()
        nll += F.cross_entropy(logits.double(), labels, reduction="sum").item()
        n += len(labels)
print(json.dumps({"top1": right / n, "nll": nll / n, "n": n}))
