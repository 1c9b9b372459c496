"""Epochs through PyTorch's DataLoader alone, with the transfer-learning tutorial's training view. Each line of the standard input is
a number of epochs to take; the answer is a line of their seconds, one number an epoch. The workers live from epoch to epoch, which the
tutorial's do not: it is the loader's speed that is asked for, not that of their start.

    echo 5 | /usr/bin/python3 scripts/bench/peers/loader.py FOLDER BATCH WORKERS
"""
import sys
import time

import torch
from torchvision import datasets, transforms

folder, batch, workers = sys.argv[1:]
torch.set_num_threads(2)
view = transforms.Compose([
    transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
data = datasets.ImageFolder(f"{folder}/train", view)
loader = torch.utils.data.DataLoader(data, batch_size=int(batch), shuffle=True, num_workers=int(workers), persistent_workers=True)


def epoch():
    start = time.perf_counter()
    assert sum(len(labels) for _, labels in loader) == len(data)
    return time.perf_counter() - start


for line in sys.stdin:
    print(*("%.6f" % epoch() for _ in range(int(line))), flush=True)
