#!/usr/bin/env bash
# Whether a long run leaves memory flat: 4,000 steps of ResNet-20 on the shipped pictures, loader, augmentation, evaluation
# and checkpoints included, the process's resident memory read ten times a second. Prints it at parts of the run, each the
# median of the 10% of the run that end there, since a sample moves by what is in flight, and its growth after the first fifth.
#   scripts/bench/memory.sh [--short]          100 epochs of 40 steps; --short: 25 epochs, 1,000 steps
source "$(dirname "$0")/common.sh"
epochs=100
[ "${1:-}" = --short ] && epochs=25
scripts/finetune list models >/dev/null # builds it
scripts/finetune train scripts/demo/scratch.yaml --set batch=4 "epochs=$epochs" --out "$temp/run" --json >"$temp/result" 2>"$temp/log" &
run=$!
trap 'kill "$run" 2>/dev/null || true; rm -rf "$temp"' EXIT
while memory=$(awk '/^VmRSS/ { print $2 }' "/proc/$run/status" 2>/dev/null) && [ -n "$memory" ]; do
  [ -s "$temp/run/metrics.jsonl" ] && echo "$(wc -l <"$temp/run/metrics.jsonl") $memory" >>"$temp/samples"
  sleep 0.1
done
wait "$run" || fail "$(cat "$temp/log")"
PYTHONPATH=$bench "$python" - "$temp/samples" "$epochs" <<'TABLE'
import statistics
import sys

from stats import table

epochs = int(sys.argv[2])
samples = [(int(epoch) / epochs, int(kib) / 1024) for epoch, kib in (line.split() for line in open(sys.argv[1]))]


def around(part):  # the 10% of the run that end there
    return statistics.median(mib for at, mib in samples if part - 0.1 < at <= part)


table([("part of the run", "MiB"), *((f"{part:.0%}", f"{around(part):.1f}") for part in (0.1, 0.2, 0.5, 1.0)), ("highest", f"{max(mib for _, mib in samples):.1f}")])
growth, steps = around(1.0) - around(0.2), 0.8 * epochs * 40
print(f"growth after the first fifth: {growth:.1f} MiB over {steps:.0f} steps, {1024 * growth / steps:.2f} KiB a step")
TABLE
