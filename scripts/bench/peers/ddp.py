"""Training steps of torchvision's ResNet-18 from scratch, 224 x 224, float32, SGD with momentum, in PyTorch's DistributedDataParallel over
gloo: RANKS processes of THREADS threads, each with its part of the batch. With one rank: without DDP. A line of JSON.

    /usr/bin/python3 scripts/bench/peers/ddp.py RANKS THREADS BATCH STEPS
"""
import json
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torchvision
from torch.nn import functional as F

WARM_UP = 3


def work(rank, ranks, threads, batch, steps):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    net = torchvision.models.resnet18(weights=None, num_classes=8).train()
    if ranks > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
        dist.init_process_group("gloo", rank=rank, world_size=ranks)
        net = torch.nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    mine = batch // ranks
    seconds = []
    for k in range(WARM_UP + steps):
        images, labels = torch.rand(mine, 3, 224, 224), torch.arange(mine) % 8
        start = time.perf_counter()
        optimizer.zero_grad()
        logits = net(images)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        (logits.argmax(1) == labels).sum().item()
        loss.item()
        optimizer.step()
        if k >= WARM_UP:
            seconds.append(time.perf_counter() - start)
    if rank == 0:
        print(json.dumps({"median": statistics.median(seconds)}), flush=True)


if __name__ == "__main__":
    ranks, threads, batch, steps = map(int, sys.argv[1:])
    if ranks == 1:
        work(0, 1, threads, batch, steps)
    else:
        mp.spawn(work, (ranks, threads, batch, steps), ranks)
