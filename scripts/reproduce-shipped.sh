#!/usr/bin/env bash
# Trains what ships again: the weights have to be the same, bit by bit.
#   scripts/reproduce-shipped.sh [FOLDER]            each recipe of the demo, and each run again twice; FOLDER keeps the runs
#   scripts/reproduce-shipped.sh --sweeps [FOLDER]   each sweep of scripts/experiments on what ships, with few epochs and one seed, twice: two
#                                                    runs at once, and one at a time with another number of the loader's threads. Half an hour
#                                                    on two cores
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sweeps=
[ "${1:-}" != --sweeps ] || { sweeps=1 && shift; }
runs=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$runs"' EXIT
mkdir -p "$runs"

if [ -n "$sweeps" ]; then
  for name in transfer regularizers fractional-pooling decay optimizers halving; do
    epochs=2
    [ $name != halving ] || epochs=3
    sweep=$runs/$name.yaml
    grep -v '^seeds:' scripts/experiments/$name.yaml >"$sweep"
    scripts/finetune sweep $sweep --set epochs=$epochs --out "$runs/$name-1" >"$runs/$name-1.log" 2>&1
    DOTNET_PROCESSOR_COUNT=1 scripts/finetune sweep $sweep --set epochs=$epochs --out "$runs/$name-2" --cores 1 >"$runs/$name-2.log" 2>&1
    cmp "$runs/$name-1/results.json" "$runs/$name-2/results.json"
    echo "scripts/experiments/$name.yaml: the weights of $(grep -c '^ *"[0-9a-f]\{64\}"' "$runs/$name-1/results.json") runs are the same twice, bit by bit"
  done
  exit 0
fi

for recipe in scripts/demo/*.yaml; do
  run=$runs/$(basename "$recipe" .yaml)
  [ -f "$run/report.html" ] || scripts/finetune train "$recipe" --out "$run" >"$run.log" 2>&1
  for turn in 1 2; do
    printf '%s, again %s: ' "$recipe" "$turn"
    scripts/finetune reproduce "$run" 2>>"$run.log"
  done
done
