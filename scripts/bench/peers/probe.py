"""Features of a frozen MobileNetV1 x0.25 by hand, and a ridge classifier on them; one line of JSON.

    /usr/bin/python3 scripts/bench/peers/probe.py FOLDER WEIGHTS
"""
import json
import sys

import numpy as np
import torch
from sklearn.linear_model import RidgeClassifierCV
from torch import nn
from torchvision import datasets, transforms

from nets import MobileNetV1, load

folder, weights = sys.argv[1:]
torch.set_num_threads(2)
view = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
model = load(MobileNetV1(0.25), weights).eval()
model.fc = nn.Identity()


def features(split):
    data = datasets.ImageFolder(f"{folder}/{split}", view)
    found = []
    with torch.no_grad():
        for images, _ in torch.utils.data.DataLoader(data, batch_size=32, num_workers=2):
            found.append(model(images).numpy())
    return np.concatenate(found), np.array(data.targets)


x, y = features("train")
head = RidgeClassifierCV(alphas=np.logspace(-3, 5, 33)).fit(x, y)
print(json.dumps({"top1": head.score(*features("val"))}))
