"""torch.load and load_state_dict into a network that is there, in turns (scripts/bench/turns.py), a step being a load.

    /usr/bin/python3 scripts/bench/peers/loading.py MODEL FILE
"""
import sys
import time

import torch
import torchvision

model = getattr(torchvision.models, sys.argv[1])()
for line in sys.stdin:
    seconds = []
    for _ in range(int(line)):
        start = time.perf_counter()
        model.load_state_dict(torch.load(sys.argv[2]))
        seconds.append(time.perf_counter() - start)
    print(*(f"{s:.6f}" for s in seconds), flush=True)
