#!/usr/bin/env bash
# The official PyTorch transfer-learning tutorial's recipe on its own data, with ImageNet MobileNetV1 x0.25: `finetune train`
# beside the tutorial's script in PyTorch, and as one writes it with TorchSharp and TorchVision alone, head only and all layers.
# Validation top-1 after the last epoch; seconds of whole processes, which take turns. Goals: head only 0.87, all layers 0.90
# (mean of seeds), PyTorch's time / ours at least 1.
#   scripts/bench/hymenoptera.sh [--short] [--epochs N] [--seeds N] [--workers N] [--keep FOLDER]
# 25 epochs, 3 seeds; --short: 2 epochs, 1 seed. Workers are those of the peers' loaders; the tutorial has 4. With --keep, a stopped
# run of the script with the same options goes on where it was.
source "$(dirname "$0")/common.sh"
epochs=25 seeds=3 workers=4
while [ $# -gt 0 ]; do
  case $1 in
    --short) epochs=2 seeds=1 && shift ;;
    --epochs) epochs=$2 && shift 2 ;;
    --seeds) seeds=$2 && shift 2 ;;
    --workers) workers=$2 && shift 2 ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
weights=models/mobilenet_v1_025-imagenet.pth.tar
need_peer
need_real datasets/hymenoptera "$weights"
build_cli
build_benchmarks
photographs=$shared/datasets/hymenoptera
for seed in $(seq 0 $((seeds - 1))); do
  for part in head all; do
    [ -f "$results/ours-$part-$seed.seconds" ] || rm -rf "$results/run-$part-$seed"
    tutorial=("$photographs" "$shared/$weights" "$part" "$seed" "$epochs" "$workers")
    timed "$results/peer-$part-$seed" "$python" "$bench/peers/hymenoptera.py" "${tutorial[@]}"
    timed "$results/ours-$part-$seed" scripts/finetune train "$bench/hymenoptera.yaml" --data "$photographs" --weights "$shared/$weights" \
      --set "trainable=$part" "seed=$seed" "epochs=$epochs" --out "$results/run-$part-$seed" --json
    timed "$results/plain-$part-$seed" $benchmarks plain-tutorial "${tutorial[@]}"
    echo "seed $seed, $part: finetune $(<"$results/ours-$part-$seed.seconds") s, $pytorch $(<"$results/peer-$part-$seed.seconds") s," \
      "$torchsharp $(<"$results/plain-$part-$seed.seconds") s"
  done
done
PYTHONPATH=$bench "$python" - "$results" "$seeds" "$pytorch" "$torchsharp" <<'TABLE'
import statistics
import sys

from stats import result, table

folder, seeds = sys.argv[1], int(sys.argv[2])
sides = {"ours": "finetune", "peer": sys.argv[3], "plain": sys.argv[4]}
rows = [("", "", "top-1, last epoch", "median s", "time / finetune's (min..max)")]
for part, goal in (("head", 0.87), ("all", 0.90)):
    for side, name in sides.items():
        runs = {s: [result(f"{folder}/{s}-{part}-{k}") for k in range(seeds)] for s in ("ours", side)}
        top1 = [r[0].get("last", r[0])["top1"] for r in runs[side]]
        ratios = sorted(b[1] / a[1] for a, b in zip(runs["ours"], runs[side]))
        rows.append((
            f"{part} (goal {goal})" if side == "ours" else "", name,
            "%.3f (%s)" % (statistics.mean(top1), " ".join("%.3f" % t for t in top1)), "%.1f" % statistics.median(r[1] for r in runs[side]),
            f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})" if side != "ours" else ""))
table(rows)
TABLE
