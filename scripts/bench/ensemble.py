"""What ensembles cost: M = 5 snapshots evaluated beside one model, over a frozen backbone and over one that trains, and training with
snapshots beside training without. The last line is JSON.

    python3 scripts/bench/ensemble.py TURNS DATA MODEL WEIGHTS FOLDER
"""
import json
import pathlib
import statistics
import subprocess
import sys

turns, data, model, weights, folder = int(sys.argv[1]), *sys.argv[2:]
folder = pathlib.Path(folder)
MEMBERS, PASSES = 5, 20
BENCHMARKS = ["dotnet", "exec", "tests/FineTune.Benchmarks/bin/Release/net10.0/FineTune.Benchmarks.dll"]


def finetune(*words):
    done = subprocess.run(["scripts/finetune", *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: finetune {' '.join(map(str, words))}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def train(name, trainable, snapshots):
    out = folder / name
    return finetune("train", "--data", data, "--model", model, "--weights", weights, "--out", out, "--set", f"trainable={trainable}",
                    "epochs=5", "seed=1", "batch=32", "optimizer.lr=0.005", f"snapshots={snapshots}", "schedule=snapshot", "cache=off", "augment=none")[-1]["seconds"]


figures = {}
for trainable, name in (("head", "frozen backbone"), ("all", "all layers")):
    seconds = {5: [], 0: []}
    for turn in range(turns):
        for snapshots in ((5, 0) if turn % 2 else (0, 5)):
            seconds[snapshots].append(train(f"{trainable}-{snapshots}-{turn}", trainable, snapshots))
    passes = subprocess.run([*BENCHMARKS, "ensemble-pass", str(folder / f"{trainable}-5-0"), str(PASSES)], capture_output=True, text=True, check=True)
    ratios = [float(together) / float(single) for single, together in map(str.split, passes.stdout.splitlines())]
    training = statistics.median(a / b for a, b in zip(seconds[5], seconds[0]))
    print(f"{name}: {MEMBERS} snapshots evaluate in {statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f}) of one model's time; "
          f"training with snapshots takes {training:.3f} of training without ({statistics.median(seconds[0]):.1f} s)")
    figures[trainable] = {"evaluation": statistics.median(ratios), "training": training}
print(json.dumps(figures))
