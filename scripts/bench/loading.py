"""Weights of a torchvision model at random, as a zip .pth and as safetensors.

    /usr/bin/python3 scripts/bench/loading.py MODEL OUT.pth OUT.safetensors
"""
import json
import struct
import sys

import torch
import torchvision

torch.manual_seed(0)
state = getattr(torchvision.models, sys.argv[1])().state_dict()
torch.save(state, sys.argv[2])
header, at = {}, 0
for name, tensor in state.items():
    size = tensor.numel() * tensor.element_size()
    header[name] = {"dtype": {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + size]}
    at += size
text = json.dumps(header).encode()
with open(sys.argv[3], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    for tensor in state.values():
        file.write(tensor.numpy().tobytes())
