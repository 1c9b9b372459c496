#!/usr/bin/env bash
# What pretraining is worth on the shipped pictures: from scratch, head only, all layers, the ensemble of snapshots, and recipe auto, by
# the demonstration's recipes (scripts/demo/*.yaml). Validation top-1 after the last epoch; of the ensemble, all snapshots together, none
# chosen. The last line is JSON. Goal: all layers at least 15 points above from scratch, mean of seeds.
#   scripts/bench/transfer.sh [--short] [--seeds N] [--weights NAME|FILE] [--keep FOLDER]
# 3 seeds; --short: 1 seed, 10 epochs. With --keep, a stopped run of the script with the same options goes on where it was.
source "$(dirname "$0")/common.sh"
seeds=3 weights=attic settings=()
while [ $# -gt 0 ]; do
  case $1 in
    --short) seeds=1 settings=(epochs=10) && shift ;;
    --seeds) seeds=$2 && shift 2 ;;
    --weights) weights=$2 && shift 2 ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
build_cli
for seed in $(seq 0 $((seeds - 1))); do
  for row in scratch head all snapshots; do
    given=()
    [ "$row" = scratch ] || given=(--weights "$weights")
    [ -f "$results/$row-$seed.seconds" ] || rm -rf "$results/run-$row-$seed"
    timed "$results/$row-$seed" scripts/finetune train "scripts/demo/$row.yaml" "${given[@]}" --set "seed=$seed" "${settings[@]}" --out "$results/run-$row-$seed" --json
    echo "seed $seed, $row: $(<"$results/$row-$seed.seconds") s"
  done
  [ -f "$results/auto-$seed.seconds" ] || rm -rf "$results/run-auto-$seed"
  short=()
  [ ${#settings[@]} -eq 0 ] || short=(--epochs 10)
  timed "$results/auto-$seed" scripts/finetune train --data datasets/tidepool --model cifar_resnet20 --weights "$weights" --seed "$seed" \
    "${short[@]}" --out "$results/run-auto-$seed" --json
  echo "seed $seed, auto: $(<"$results/auto-$seed.seconds") s"
  timed "$results/ensemble-$seed" scripts/finetune ensemble --run "$results/run-snapshots-$seed" --json
done
PYTHONPATH=$bench "$python" - "$results" "$seeds" <<'TABLE'
import json
import statistics
import sys

from stats import interval, result, table

folder, seeds = sys.argv[1], int(sys.argv[2])


def row(name, title):
    runs = [result(f"{folder}/{name}-{k}") for k in range(seeds)]
    top1[name] = [100 * r[0].get("last", r[0])["top1"] for r in runs]
    found.append({"row": title, "top1": statistics.mean(top1[name]), "half": interval(top1[name]), "low": min(top1[name]), "high": max(top1[name])})
    return (title, *columns(top1[name]), f"{statistics.median(r[1] for r in runs):.0f}")


def columns(points):
    return f"{statistics.mean(points):.1f}", f"{min(points):.1f}..{max(points):.1f}", f"+-{interval(points):.1f}"


top1, found = {}, []
table([
    ("", "top-1, %", "min..max", "95%", "median s"),
    row("scratch", "from scratch"),
    row("head", "head only"),
    row("all", "all layers"),
    row("snapshots", "last snapshot"),
    row("ensemble", "all snapshots"),
    row("auto", "recipe auto"),
    ("all layers - from scratch", *columns([a - s for a, s in zip(top1["all"], top1["scratch"])]), ""),
])
print(f"{seeds} seeds; the 95% is of their mean (Student's t); the seconds of all snapshots are of measuring them. Goal: a gap of at least 15 points.")
print(json.dumps(found))
TABLE
