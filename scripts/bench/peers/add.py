"""A tiny add through PyTorch: c = a + b of four numbers each, and freeing c. One line a round, in nanoseconds.

    /usr/bin/python3 scripts/bench/peers/add.py [ROUNDS]
"""
import sys
import time

import torch

CALLS = 20_000
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
torch.set_num_threads(1)
a, b = torch.rand(4), torch.rand(4)
with torch.no_grad():
    for r in range(2 * rounds):
        start = time.perf_counter_ns()
        for _ in range(CALLS):
            a.add(b)
        if r >= rounds:
            print("%.1f" % ((time.perf_counter_ns() - start) / CALLS))
