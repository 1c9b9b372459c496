"""The runs and tables of snapshots.sh.

    python3 scripts/experiments/snapshots.py SEEDS SETS REAL FOLDER
"""
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys

SEEDS, CHOSEN, REAL, FOLDER = int(sys.argv[1]), sys.argv[2].split(","), pathlib.Path(sys.argv[3]).resolve(), pathlib.Path(sys.argv[4])
RECIPE = "scripts/experiments/snapshots.yaml"
MEMBERS = 5
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}  # of the number of seeds
SETS = {
    "cifar": (REAL / "datasets/cifar10-2000/test", None, "cifar_resnet20", REAL / "models/cifar_resnet20-12fca82f.th", "cifar"),
    "hymenoptera": (REAL / "datasets/hymenoptera/train", REAL / "datasets/hymenoptera/val", "mobilenet_v1_025",
                    REAL / "models/mobilenet_v1_025-imagenet.pth.tar", "tutorial"),
}


def finetune(*words):
    done = subprocess.run(["scripts/finetune", *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: finetune {' '.join(map(str, words))}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def split(source, test, target, seed):
    """train, val and test of a folder of classes: 60, 20 and 20%, or 80 and 20% where there are test images beside it."""
    if target.exists():
        return
    for folder in sorted(p for p in source.iterdir() if p.is_dir()):
        files = sorted(folder.iterdir())
        random.Random(f"{seed} {folder.name}").shuffle(files)
        fifth = len(files) // 5
        parts = {"val": files[:fifth], "train": files[fifth:]}
        if test is None:
            parts = {"val": files[:fifth], "test": files[fifth:2 * fifth], "train": files[2 * fifth:]}
        else:
            parts["test"] = sorted((test / folder.name).iterdir())
        for part, chosen in parts.items():
            (target / part / folder.name).mkdir(parents=True)
            for file in chosen:
                (target / part / folder.name / file.name).write_bytes(file.read_bytes())


def train(out, data, model, weights, augment, seed, *settings, teacher=None):
    if not (out / "report.html").exists():
        verb = ["distill", "--teacher", teacher] if teacher else ["train"]
        finetune(*verb, RECIPE, "--data", data, "--model", model, "--weights", weights, "--out", out, "--seed", seed, "--set", f"augment={augment}", *settings)
    return out


def metrics(row, calibrated=None, seconds=None, looks=None):
    return {"top1": row["top1"], "nll": row["nll"], "calibrated_nll": calibrated if calibrated is not None else row["calibrated_nll"], "ece": row["ece"],
            "training_s": seconds if seconds is not None else row["training_seconds"], "looks": looks or row["looks"]}


def evaluate(run, seconds, looks=1, *options):
    row = finetune("eval", "--run", run, "--split", "test", "--calibrate", "temperature", *options)[0]
    return metrics(row, row["calibrated"]["nll"], seconds, looks)


def one_seed(name, seed):
    source, test, model, weights, augment = SETS[name]
    here = FOLDER / f"{name}-{seed}"
    data = here / "data"
    split(source, test, data, seed)
    same = (data, model, weights, augment)
    runs = [train(here / f"run{k}", *same, 100 * seed + k) for k in range(MEMBERS)]
    snapshots = train(here / "snapshots", *same, 100 * seed, f"snapshots={MEMBERS}")
    fge = train(here / "fge", *same, 100 * seed, f"snapshots={MEMBERS}", "schedule={ name: fge, start: 50% }")
    dropout = train(here / "dropout", *same, 100 * seed, "head.dropout=0.2")
    against = [word for run in runs for word in ("--against", run)]
    compared = finetune("ensemble", "--run", snapshots, "--split", "test", "--report", here / "snapshots.html", *against)[0]["methods"]
    fast = finetune("ensemble", "--run", fge, "--split", "test", "--report", here / "fge.html")[0]["methods"]
    teacher = here / "kept"
    if not teacher.exists():
        finetune("ensemble", "--run", snapshots, "--save", teacher)
    student = train(here / "student", *same, 100 * seed, teacher=teacher)
    rows = {row["name"].split(":")[0]: row for row in compared}
    singles = [row for row in compared if row["name"].startswith("run ")]
    seconds = singles[0]["training_seconds"]
    result = {
        "single run": metrics(singles[0]),
        "best of 5 snapshots": metrics(rows["best single"]),
        "snapshots, 5": metrics(rows["ensemble"]),
        "fast geometric, 5": metrics(next(row for row in fast if row["name"].startswith("ensemble"))),
        "independent runs, 5": metrics(next(row for row in compared if row["name"].startswith("ensemble of these"))),
        "SWA of the snapshots": metrics(rows["soup of these members"]),
        "greedy soup of the snapshots": metrics(rows["greedy-soup of these members"]),
        "single run, flip": evaluate(runs[0], seconds, 2, "--tta", "flip"),
        "single run, 5 random views": evaluate(runs[0], seconds, 5, "--tta", "random:5"),
        "MC dropout, 10 draws": evaluate(dropout, seconds, 10, "--mc", "10"),
        "distilled from the snapshots": evaluate(student, seconds * 2),
    }
    result["snapshots, 5"]["equivalent"] = rows["ensemble"]["equivalent_models"]
    return result


def interval(values):
    mean = statistics.mean(values)
    return mean, T95[len(values)] * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else float("nan")


def show(name, seeds):
    print(f"\n{name}: test images, mean of {len(seeds)} seeds with its 95% interval (Student)\n")
    print("| method | accuracy, % | minus single run, points | NLL | calibrated NLL | ECE | training, s | looks |")
    print("|---|---|---|---|---|---|---|---|")
    table = {}
    for method in seeds[0]:
        of = {key: [s[method][key] for s in seeds] for key in ("top1", "nll", "calibrated_nll", "ece", "training_s", "looks")}
        difference = interval([100 * (a - s["single run"]["top1"]) for a, s in zip(of["top1"], seeds)])
        top1, nll, calibrated, ece = interval([100 * v for v in of["top1"]]), interval(of["nll"]), interval(of["calibrated_nll"]), interval(of["ece"])
        print(f"| {method} | {top1[0]:.1f} ± {top1[1]:.1f} | {difference[0]:+.1f} ± {difference[1]:.1f} | {nll[0]:.3f} ± {nll[1]:.3f} | "
              f"{calibrated[0]:.3f} ± {calibrated[1]:.3f} | {ece[0]:.3f} ± {ece[1]:.3f} | {statistics.mean(of['training_s']):.0f} | {of['looks'][0]} |")
        table[method] = {"top1": top1, "difference": difference, "nll": nll, "calibrated_nll": calibrated, "ece": ece}
    worth = [s["snapshots, 5"]["equivalent"] for s in seeds]
    print("\nThe five snapshots are worth so many independent models, by seed: " + ", ".join("more than 5" if w is None else f"{w:.1f}" for w in worth))
    return table


results = {}
for dataset in CHOSEN:
    results[dataset] = show(dataset, [one_seed(dataset, seed) for seed in range(1, SEEDS + 1)])
print(json.dumps(results))
