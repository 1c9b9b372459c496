"""Goldens of the Weights room: small files of torch.save in both formats, and what torch reads from them.

Made with Python 3.11, torch 1.13.1, numpy 1.24 (Debian's python3-torch):

    /usr/bin/python3 scripts/goldens/weights.py tests/FineTune.Tests/Goldens/Weights [FOLDER OF REAL MODELS]

expected.json has, for each file, the tensors in order: name, type, shape and SHA-256 of the contiguous little-endian bytes.
For the real models (not part of the repository) it has the number of tensors and one SHA-256 over all tensors as float32.
"""

import argparse
import collections
import datetime
import enum
import hashlib
import json
import pathlib
import struct
import sys

import numpy
import torch

TYPES = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
         torch.float32, torch.float64]
REAL = {
    "cifar_resnet20-12fca82f.th": "state_dict",
    "cifar_resnet32-d509ac18.th": "state_dict",
    "mobilenet_v1_025-imagenet.pth.tar": "state_dict",
}


def raw(tensor):
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().tobytes()
    return tensor.numpy().tobytes()


def describe(state):
    return [
        {"name": name, "type": str(t.dtype).split(".")[1], "shape": list(t.shape), "sha256": hashlib.sha256(raw(t)).hexdigest(),
         "floats": t.detach().to(torch.float32).flatten()[:4].tolist()}
        for name, t in state.items()
    ]


def all_types():
    values = torch.tensor([[-3.0, 0.5, 2.0], [1.0, 100.0, 7.25]])
    state = collections.OrderedDict()
    for dtype in TYPES:
        source = values.abs() if dtype == torch.uint8 else values
        state[str(dtype).split(".")[1]] = source.to(dtype)
    return state


def views():
    base = torch.arange(24, dtype=torch.float32)
    matrix = base.view(4, 6)
    return collections.OrderedDict(
        whole=matrix,
        transposed=matrix.t(),
        slice=matrix[1:3, 2:5],
        every_second=base[1::2],
        expanded=base[3:5].view(2, 1).expand(2, 3),
        channels_last=torch.arange(48.0).view(2, 3, 2, 4).contiguous(memory_format=torch.channels_last),
        diagonal=matrix[:, :4].diagonal(),
        tied=matrix,
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    )


def small_module():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(2, 2))


def nested():
    module = small_module()
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(2, 3, 1, 1)).sum().backward()
    optimizer.step()
    state = collections.OrderedDict(("module." + k, v) for k, v in module.state_dict().items())
    checkpoint = {
        "epoch": 18, "arch": "tiny", "best": torch.tensor(46.5), "loss": numpy.float64(0.25), "big": 1 << 100,
        "classes": ["ant", "bee"], "args": argparse.Namespace(lr=0.1), "seen": {1, 2}, "history": numpy.arange(3.0),
        "size": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float16, "counter": collections.Counter("aab"),
        "state_dict": state, "optimizer": optimizer.state_dict(),
    }
    return checkpoint, collections.OrderedDict((k[len("module."):], v) for k, v in state.items())


class Phase(enum.Enum):
    WARM = "warm"


class Config:
    """An ordinary class, with attributes that hold others of its kind."""

    def __init__(self, depth=3):
        self.inner = Config(depth - 1) if depth else None
        self.path = pathlib.PurePosixPath("runs/a")
        self.values = list(range(50))


def objects():
    """What training programs keep beside the weights."""
    module = small_module()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    numpy.random.seed(0)
    checkpoint = {
        "path": pathlib.PosixPath("/data/images"), "windows": pathlib.PureWindowsPath("C:/data"),
        "when": datetime.datetime(2024, 5, 17, 12, tzinfo=datetime.timezone.utc), "took": datetime.timedelta(seconds=3),
        "args": argparse.Namespace(lr=0.1, out=pathlib.PosixPath("out")), "phase": Phase.WARM, "config": Config(),
        "defaults": collections.defaultdict(list, a=[1]), "recent": collections.deque([1, 2, 3]), "frozen": frozenset([1, 2]),
        "random": numpy.random.get_state(), "scalar": numpy.float32(0.5), "flags": numpy.bool_(True),
        "schedule": torch.optim.lr_scheduler.StepLR(optimizer, 30).state_dict(), "loss": torch.nn.CrossEntropyLoss(),
        "model": module.state_dict(), "model_ema": {k: v * 0 for k, v in module.state_dict().items()},
    }
    return checkpoint, module.state_dict()


class System:
    """Unpickled by Python, it would run a command."""

    def __reduce__(self):
        import os
        return os.system, ("echo pwned",)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    expected = {"files": {}, "real": {}}

    def save(name, value, state):
        for legacy in (False, True):
            file = f"{name}-{'legacy' if legacy else 'zip'}.pth"
            torch.save(value, out / file, _use_new_zipfile_serialization=not legacy)
            expected["files"][file] = describe(state)

    save("types", all_types(), all_types())
    save("views", views(), views())
    checkpoint, state = nested()
    save("nested", checkpoint, state)
    checkpoint, state = objects()
    save("objects", checkpoint, state)
    compiled = collections.OrderedDict(("_orig_mod.module." + k, v) for k, v in small_module().state_dict().items())
    save("compiled", {"model": compiled, "epoch": 3}, small_module().state_dict())
    for protocol in (3, 4, 5):
        file = f"protocol{protocol}.pth"
        torch.save(small_module().state_dict(), out / file, pickle_protocol=protocol)
        expected["files"][file] = describe(small_module().state_dict())
    for legacy in (False, True):
        kind = "legacy" if legacy else "zip"
        torch.save({"state_dict": System()}, out / f"evil-{kind}.pth", _use_new_zipfile_serialization=not legacy)
    torch.save(small_module(), out / "module-zip.pth")

    # Safetensors by hand: the header's length, the header, the bytes.
    state = all_types()
    names = {torch.bool: "BOOL", torch.uint8: "U8", torch.int8: "I8", torch.int16: "I16", torch.int32: "I32", torch.int64: "I64",
             torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64"}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in state.items():
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw(t))]}
        data += raw(t)
    text = json.dumps(header).encode()
    (out / "types.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    expected["files"]["types.safetensors"] = describe(state)

    if len(sys.argv) > 2:
        for file, entry in REAL.items():
            state = torch.load(pathlib.Path(sys.argv[2]) / file, map_location="cpu")[entry]
            digest = hashlib.sha256()
            for t in state.values():
                digest.update(t.to(torch.float32).contiguous().numpy().tobytes())
            expected["real"][file] = {"tensors": len(state), "sha256": digest.hexdigest()}
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
