"""defaults.sh: makes the sets, trains, prints the table."""
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

from stats import interval, table

folder, shared = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
sets, rows = sys.argv[3].split(","), sys.argv[4].split(",")
seeds, search = int(sys.argv[5]), int(sys.argv[6])

TIDEPOOL = pathlib.Path("datasets/tidepool").resolve()
HYMENOPTERA = shared / "datasets/hymenoptera"
CIFAR = shared / "datasets/cifar10-2000/test"
MOBILENET = ("mobilenet_v1_025", shared / "models/mobilenet_v1_025-imagenet.pth.tar")
CIFAR20 = ("cifar_resnet20", shared / "models/cifar_resnet20-12fca82f.th")
CIFAR32 = ("cifar_resnet32", shared / "models/cifar_resnet32-d509ac18.th")

# where images are, training images of each class (all where there are fewer), validation images of each (None: the source's own), model and weights
SETS = {
    "tidepool-5": (TIDEPOOL, 5, None, ("cifar_resnet20", "attic")),
    "tidepool-10": (TIDEPOOL, 10, None, ("cifar_resnet20", "attic")),
    "tidepool-20": (TIDEPOOL, 20, None, ("cifar_resnet20", "attic")),
    "hymenoptera": (HYMENOPTERA, 1000, None, MOBILENET),
    "hymenoptera-10": (HYMENOPTERA, 10, None, MOBILENET),
    "cifar20-10": (CIFAR, 10, 100, CIFAR20),
    "cifar20-100": (CIFAR, 100, 100, CIFAR20),
    "cifar32-10": (CIFAR, 10, 100, CIFAR32),
    "cifar32-100": (CIFAR, 100, 100, CIFAR32),
    "unbalanced": (CIFAR, {"cat": 12, "dog": 108}, {"cat": 10, "dog": 90}, CIFAR20),
}
ROWS = {
    "auto": ["--set", "recipe=auto"],
    "tutorial": ["tutorial"],
    "fine-tune": ["fine-tune"],
    "head-only": ["head-only"],
    "demo": ["--set", "augment=cifar", "optimizer={ name: sgd, lr: 0.02, momentum: 0.9, weight_decay: 5e-4 }", "schedule=cosine", "epochs=60", "batch=20"],
}


def images(path):
    return sorted(p for p in path.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))


def make(name, seed):
    """A folder of links to the images of a set, drawn by the seed."""
    source, train, val, _ = SETS[name]
    made = folder / "sets" / f"{name}-{seed}"
    own = val is None
    for kind in sorted(p.name for p in (source / "train" if own else source).iterdir() if p.is_dir()):
        if isinstance(train, dict) and kind not in train:
            continue
        draw = images(source / "train" / kind if own else source / kind)
        random.Random(f"{name} {seed} {kind}").shuffle(draw)
        count = train[kind] if isinstance(train, dict) else train
        held = images(source / "val" / kind) if own else draw[count:][: val[kind] if isinstance(val, dict) else val]
        for split, chosen in (("train", draw[:count]), ("val", held)):
            (made / split / kind).mkdir(parents=True, exist_ok=True)
            for image in chosen:
                link = made / split / kind / image.name
                if not link.is_symlink():
                    link.symlink_to(image)
    return made


def train(name, seed, row, options):
    """Top-1 in %, NLL and seconds of a run; a run that ends with an error has no accuracy."""
    kept = folder / f"{name}-{seed}-{row}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    model, weights = SETS[name][3]
    run = folder / f"run-{name}-{seed}-{row}"
    subprocess.run(["rm", "-rf", run], check=True)
    if "--set" not in options:
        options = [*options, "--set"]
    line = ["scripts/finetune", "train", *options, f"seed={seed}", "--data", make(name, seed), "--model", model, "--weights", weights, "--out", run, "--json"]
    start = time.monotonic()
    done = subprocess.run(line, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode:
        found = {"top1": 0, "nll": float("inf"), "seconds": seconds, "error": done.stderr[-200:]}
    else:
        told = json.loads(done.stdout.strip().splitlines()[-1])
        found = {"top1": 100 * told["top1"], "nll": told["result"]["nll"], "seconds": seconds}
        if told.get("plan"):
            found["deciding"] = told["plan"]["seconds"] / (told["plan"]["seconds"] + told["seconds"])
    subprocess.run(["rm", "-rf", run], check=True)
    kept.write_text(json.dumps(found))
    print(f"{name} {seed} {row}: {found['top1']:.1f}% in {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


def drawn(k):
    """The k-th recipe of the search."""
    r = random.Random(f"recipe {k}")
    optimizer = r.choice(["sgd", "sgd", "adamw"])
    lr = 10 ** (r.uniform(-3.5, -1) if optimizer == "sgd" else r.uniform(-4.5, -2))
    momentum = ", momentum: 0.9" if optimizer == "sgd" else ""
    decay = r.choice([0, 1e-4, 5e-4, 1e-2])
    return [
        "--set", f"optimizer={{ name: {optimizer}, lr: {lr:.2g}{momentum}, weight_decay: {decay} }}", f"schedule={r.choice(['cosine', 'one-cycle', 'constant'])}",
        f"trainable={r.choice(['all', 'all', 'last-2', 'head'])}", f"augment={r.choice(['none', 'light', 'tutorial', 'lecture'])}",
        f"head.init={r.choice(['default', 'exact'])}", f"epochs={r.choice([10, 25, 50])}", f"batch={r.choice([8, 16, 32])}",
    ]


def mean(values):
    return f"{statistics.mean(values):.1f} +- {interval(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


found = {}
printed = [("set", "recipe", "top-1, %", "NLL", "median s", "deciding, %")]
for name in sets:
    options = {row: ROWS[row] for row in rows}
    if search:
        best = max(range(search), key=lambda k: train(name, 0, f"search{k}", drawn(k))["top1"])
        options[f"best of {search}"] = drawn(best)
    for row, given in options.items():
        runs = [train(name, seed, row.replace(" ", "-"), given) for seed in range(seeds)]
        found.setdefault(name, {})[row] = {key: statistics.mean(r[key] for r in runs) for key in ("top1", "nll", "seconds")}
        deciding = [r["deciding"] for r in runs if "deciding" in r]
        printed.append((
            name if row == rows[0] else "", row, mean([r["top1"] for r in runs]), f"{statistics.mean(r['nll'] for r in runs):.3f}",
            f"{statistics.median(r['seconds'] for r in runs):.0f}", f"{100 * statistics.mean(deciding):.0f}" if deciding else ""))
table(printed)
print(f"{seeds} seeds, {os.cpu_count()} cores; the interval is of the seeds' mean (Student's t)")
print(json.dumps(found))
