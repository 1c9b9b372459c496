#!/usr/bin/env bash
# The official PyTorch transfer-learning tutorial's recipe on its own data, with ImageNet MobileNetV1 x0.25: `finetune train`
# beside the tutorial's script, head only and all layers. Validation top-1 after the last epoch; seconds of whole processes,
# which take turns. Goals: head only 0.87, all layers 0.90 (mean of seeds), PyTorch's time / ours at least 1.
#   scripts/bench/hymenoptera.sh [--short] [--epochs N] [--seeds N] [--workers N] [--keep FOLDER]
# 25 epochs, 3 seeds; --short: 2 epochs, 1 seed. Workers are those of PyTorch's loader; the tutorial has 4. With --keep, a stopped
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
for seed in $(seq 0 $((seeds - 1))); do
  for part in head all; do
    [ -f "$results/ours-$part-$seed.seconds" ] || rm -rf "$results/run-$part-$seed"
    timed "$results/peer-$part-$seed" "$python" "$bench/peers/hymenoptera.py" "$shared/datasets/hymenoptera" "$shared/$weights" "$part" "$seed" "$epochs" "$workers"
    timed "$results/ours-$part-$seed" scripts/finetune train "$bench/hymenoptera.yaml" --data "$shared/datasets/hymenoptera" --weights "$shared/$weights" \
      --set "trainable=$part" "seed=$seed" "epochs=$epochs" --out "$results/run-$part-$seed" --json
    echo "seed $seed, $part: finetune $(<"$results/ours-$part-$seed.seconds") s, PyTorch $(<"$results/peer-$part-$seed.seconds") s"
  done
done
PYTHONPATH=$bench "$python" - "$results" "$seeds" <<'TABLE'
import statistics
import sys

from stats import result, table

folder, seeds = sys.argv[1], int(sys.argv[2])
rows = [("", "top-1, last epoch", "PyTorch", "median s", "PyTorch", "ratio (min..max)")]
for part, goal in (("head", 0.87), ("all", 0.90)):
    ours, peer = ([result(f"{folder}/{who}-{part}-{k}") for k in range(seeds)] for who in ("ours", "peer"))
    ratios = sorted(b[1] / a[1] for a, b in zip(ours, peer))
    top1 = ["%.3f (%s)" % (statistics.mean(r[0]["top1"] for r in runs), " ".join("%.3f" % r[0]["top1"] for r in runs)) for runs in (ours, peer)]
    seconds = ["%.1f" % statistics.median(r[1] for r in runs) for runs in (ours, peer)]
    rows.append((f"{part} (goal {goal})", *top1, *seconds, f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})"))
table(rows)
TABLE
