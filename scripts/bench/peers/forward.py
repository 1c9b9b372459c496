"""Passes of a batch of images through one of torchvision's networks in evaluation. Each line of the standard input is a number of
passes; the answer is a line of their seconds, one number a pass.

    echo 5 | /usr/bin/python3 scripts/bench/peers/forward.py MODEL BATCH
"""
import sys
import time

import torch
import torchvision

torch.set_num_threads(2)
net = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
images = torch.randn(int(sys.argv[2]), 3, 224, 224)


def step():
    start = time.perf_counter()
    with torch.inference_mode():
        net(images)[0, 0].item()
    return time.perf_counter() - start


for line in sys.stdin:
    print(*("%.6f" % step() for _ in range(int(line))), flush=True)
