#!/usr/bin/env bash
# What bfloat16 costs in accuracy: the transfer-learning tutorial, all layers, in each precision with the same seeds. Validation
# top-1 after the last epoch. Goal: the mean in bfloat16 lies between the least and the greatest of float32's seeds.
#   scripts/bench/precision.sh [--short] [--seeds N] [--keep FOLDER]
# 25 epochs, 3 seeds; --short: 2 epochs, 1 seed. With --keep, a stopped run of the script with the same options goes on where it was.
source "$(dirname "$0")/common.sh"
epochs=25 seeds=3
while [ $# -gt 0 ]; do
  case $1 in
    --short) epochs=2 seeds=1 && shift ;;
    --seeds) seeds=$2 && shift 2 ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
weights=models/mobilenet_v1_025-imagenet.pth.tar
need_real datasets/hymenoptera "$weights"
build_cli
for seed in $(seq 0 $((seeds - 1))); do
  for precision in float32 bfloat16; do
    [ -f "$results/$precision-$seed.seconds" ] || rm -rf "$results/run-$precision-$seed"
    timed "$results/$precision-$seed" scripts/finetune train "$bench/hymenoptera.yaml" --data "$shared/datasets/hymenoptera" --weights "$shared/$weights" \
      --precision "$precision" --set trainable=all "seed=$seed" "epochs=$epochs" --out "$results/run-$precision-$seed" --json
    echo "seed $seed, $precision: $(<"$results/$precision-$seed.seconds") s"
  done
done
PYTHONPATH=$bench "$python" - "$results" "$seeds" <<'TABLE'
import statistics
import sys

from stats import result, table

folder, seeds = sys.argv[1], int(sys.argv[2])
rows = [("", "top-1, mean", "min..max", "nll, mean", "median s")]
for precision in ("float32", "bfloat16"):
    runs = [result(f"{folder}/{precision}-{k}") for k in range(seeds)]
    top1 = [r[0]["last"]["top1"] for r in runs]
    rows.append((precision, f"{statistics.mean(top1):.3f}", f"{min(top1):.3f}..{max(top1):.3f}",
                 f"{statistics.mean(r[0]['last']['nll'] for r in runs):.3f}", f"{statistics.median(r[1] for r in runs):.0f}"))
table(rows)
TABLE
