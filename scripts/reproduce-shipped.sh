#!/usr/bin/env bash
# Trains by each recipe of the demo, on what ships, and trains each run again, twice: the weights have to be the same, bit by bit.
#   scripts/reproduce-shipped.sh [FOLDER]     FOLDER keeps the runs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$runs"' EXIT
mkdir -p "$runs"
for recipe in scripts/demo/*.yaml; do
  run=$runs/$(basename "$recipe" .yaml)
  [ -f "$run/report.html" ] || scripts/finetune train "$recipe" --out "$run" >"$run.log" 2>&1
  for turn in 1 2; do
    printf '%s, again %s: ' "$recipe" "$turn"
    scripts/finetune reproduce "$run" 2>>"$run.log"
  done
done
