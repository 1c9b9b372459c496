"""Measures two built checkouts in turns and prints their table; scripts/bench/before.sh builds them.

    python3 scripts/bench/before.py BEFORE NOW SHARED ROUNDS EPOCHS ONLY
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from stats import Others, table
from turns import ratios, take

STEPS = 8
NUMERICS = ("float32 nchw", "float32 channels_last", "bfloat16 channels_last")
sides, shared = [pathlib.Path(p).resolve() for p in sys.argv[1:3]], pathlib.Path(sys.argv[3]).resolve()
rounds, epochs = map(int, sys.argv[4:6])
only = sys.argv[6]
rows = [("", "before", "now", "before / now (min..max)", "top-1 before", "now", "others' load")]


def row(title, others, seconds, unit, top1=((), ())):
    """A row from seconds and top-1 of both sides, in the order of the rounds: [side][round][...] and [side][round]."""
    load = f"{others.share():.0%}"
    scale = {"ms": 1000, "s": 1}[unit]
    medians = [f"{scale * statistics.median(s for turn in side for s in turn):.1f} {unit}" for side in seconds]
    of = ratios(*seconds)
    accuracies = [f"{statistics.mean(t):.4f}" if t else "" for t in top1]
    rows.append((title, *medians, f"{statistics.median(of):.2f} ({of[0]:.2f}..{of[-1]:.2f})", *accuracies, load))
    print("  ".join(cell for cell in rows[-1] if cell), file=sys.stderr, flush=True)


def finetune(side, *command):
    """Seconds and result of a side's command line."""
    start = time.perf_counter()
    done = subprocess.run([side / "scripts/finetune", *map(str, command), "--json"], cwd=side, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"failed in '{side}': finetune {' '.join(map(str, command))}\n{done.stderr}")
    return seconds, json.loads(done.stdout.strip().splitlines()[-1])


def processes(title, run):
    """A row of whole processes; run(side, round) starts one, and round -1 warms up."""
    if only not in title:
        return
    others, seconds, top1 = Others(), ([], []), ([], [])
    for k in range(-1, rounds):
        for who in (0, 1) if k % 2 else (1, 0):
            spent, result = run(sides[who], k)
            if k >= 0:
                seconds[who].append([spent])
                top1[who].append(result.get("last", result)["top1"])  # of training: the last epoch's
    row(title, others, seconds, "s", top1)


def tutorial(part):
    def run(side, k):
        with tempfile.TemporaryDirectory() as folder:
            return finetune(
                side, "train", side / "scripts/bench/hymenoptera.yaml", "--data", shared / "datasets/hymenoptera",
                "--weights", shared / "models/mobilenet_v1_025-imagenet.pth.tar", "--out", f"{folder}/run",
                "--set", f"trainable={part}", f"seed={max(k, 0)}", f"epochs={epochs if k >= 0 else 1}")
    return run


def evaluation(depth, weights):
    return lambda side, _: finetune(
        side, "eval", "--data", shared / "datasets/cifar10-2000", "--split", "test", "--model", f"cifar_resnet{depth}",
        "--weights", shared / f"models/cifar_resnet{weights}.th")


def steps(side, numerics):
    program = side / "tests/FineTune.Benchmarks/bin/Release/net10.0/FineTune.Benchmarks.dll"
    return f"dotnet exec '{program}' step 16 2 {numerics}"


bfloat16 = "_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
for numerics in (n for n in NUMERICS if bfloat16 or not n.startswith("bfloat16")):
    if only in (title := f"ResNet-18 step, {numerics}"):
        row(title, Others(), take(rounds, STEPS, [steps(side, numerics) for side in sides]), "ms")
processes("hymenoptera, head only", tutorial("head"))
processes("hymenoptera, all layers", tutorial("all"))
processes("evaluation, CIFAR ResNet-20", evaluation(20, "20-12fca82f"))
processes("evaluation, CIFAR ResNet-32", evaluation(32, "32-d509ac18"))
table(rows)
