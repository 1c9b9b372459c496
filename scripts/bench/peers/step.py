"""Training steps of torchvision's ResNet-18 from scratch, 224 x 224, float32, SGD with momentum. Each line of the standard
input is a number of steps to take; the answer is a line of their seconds, one number a step.

    echo 5 | /usr/bin/python3 scripts/bench/peers/step.py [BATCH]
"""
import sys
import time

import torch
import torchvision
from torch.nn import functional as F

batch = int(sys.argv[1]) if len(sys.argv) > 1 else 16
torch.set_num_threads(2)
torch.manual_seed(0)
net = torchvision.models.resnet18(weights=None).train()
optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
images, labels = torch.rand(batch, 3, 224, 224), torch.arange(batch)


def step():
    start = time.perf_counter()
    optimizer.zero_grad()
    logits = net(images)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    (logits.argmax(1) == labels).sum().item()
    loss.item()
    optimizer.step()
    return time.perf_counter() - start


for line in sys.stdin:
    print(*("%.6f" % step() for _ in range(int(line))), flush=True)
