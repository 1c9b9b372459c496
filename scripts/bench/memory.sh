#!/usr/bin/env bash
# Whether a long run leaves memory flat: loader, augmentation, evaluation and checkpoints included, the process's resident
# memory read ten times a second. Prints it at parts of the run, each the median of the 10% of the run that end there, since a
# sample moves by what is in flight, and its growth over the second half: the collector's heap takes some epochs to find its size.
#   scripts/bench/memory.sh [--short] [--photographs]
# 100 epochs of 40 steps of ResNet-20 on the shipped pictures (--short: 25 epochs); with --photographs, 25 epochs of 61 steps of
# MobileNetV1 x0.25 on hymenoptera, whose images are of every size (--short: 17 epochs, 1,037 steps).
source "$(dirname "$0")/common.sh"
short='' photographs=''
for option in "$@"; do
  case $option in
    --short) short=1 ;;
    --photographs) photographs=1 ;;
    *) fail "unknown option: $option" ;;
  esac
done
if [ -n "$photographs" ]; then
  weights=models/mobilenet_v1_025-imagenet.pth.tar
  need_real datasets/hymenoptera "$weights"
  epochs=${short:+17} recipe=("$bench/hymenoptera.yaml" --data "$shared/datasets/hymenoptera" --weights "$shared/$weights")
  epochs=${epochs:-25}
else
  epochs=${short:+25} recipe=(scripts/demo/scratch.yaml --set batch=4)
  epochs=${epochs:-100}
fi
build_cli
scripts/finetune train "${recipe[@]}" --set "epochs=$epochs" --out "$temp/run" --json >"$temp/result" 2>"$temp/log" &
run=$!
trap 'kill "$run" 2>/dev/null || true; rm -rf "$temp"' EXIT
while memory=$(awk '/^VmRSS/ { print $2 }' "/proc/$run/status" 2>/dev/null) && [ -n "$memory" ]; do
  [ -s "$temp/run/metrics.jsonl" ] && echo "$(wc -l <"$temp/run/metrics.jsonl") $memory" >>"$temp/samples"
  sleep 0.1
done
wait "$run" || fail "$(cat "$temp/log")"
trap 'rm -rf "$temp"' EXIT
steps=$(tail -n 1 "$temp/run/metrics.jsonl" | sed 's/.*"step":\([0-9]*\).*/\1/')
PYTHONPATH=$bench "$python" - "$temp/samples" "$epochs" "$steps" <<'TABLE'
import statistics
import sys

from stats import table

epochs, steps = int(sys.argv[2]), int(sys.argv[3])
samples = [(int(epoch) / epochs, int(kib) / 1024) for epoch, kib in (line.split() for line in open(sys.argv[1]))]


def around(part):  # the 10% of the run that end there
    return statistics.median(mib for at, mib in samples if part - 0.1 < at <= part)


table([("part of the run", "MiB"), *((f"{part:.0%}", f"{around(part):.1f}") for part in (0.1, 0.5, 1.0)), ("highest", f"{max(mib for _, mib in samples):.1f}")])
growth = around(1.0) - around(0.5)
print(f"growth over the second half: {growth:.1f} MiB in {steps / 2:.0f} steps, {1024 * growth / (steps / 2):.2f} KiB a step")
TABLE
