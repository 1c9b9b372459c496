#!/usr/bin/env bash
# Trains the demo that ships with every optimizer of `finetune list optimizers` at its default learning rate, seed 0, and prints validation
# accuracy and its part of the best. Those of second order, which are made for all images at once, train the head alone so, with a
# weight decay of 0.005: they find the minimum of each view, which without a penalty is that of 160 images alone.
# scripts/bench/rules-demo.sh [FOLDER] [EPOCHS] [head|all]   (default: runs/rules 20 all; finished runs in FOLDER are kept and not repeated)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
runs=${1:-runs/rules}
epochs=${2:-20}
trains=${3:-all}
mkdir -p "$runs"
names=$(scripts/finetune list optimizers --json | sed -n 's/^{"name":"\([a-z0-9_-]*\)".*/\1/p')
for name in $names; do
  recipe=$trains settings=()
  case $name in newton | newton-cg | bfgs | lbfgs) recipe=head settings=(batch=160 optimizer.weight_decay=0.005) ;; esac
  out=$runs/$recipe-$name
  [ -f "$out/report.html" ] && continue
  rm -rf "$out"
  scripts/finetune train "scripts/demo/$recipe.yaml" --out "$out" --set "optimizer={ name: $name }" --set seed=0 --set "epochs=$epochs" "${settings[@]/#/--set=}" >"$out.log" 2>&1 \
    || echo "$name failed: $(tail -1 "$out.log")" >&2
done
best=$(for out in "$runs"/*/; do tail -1 "$out/metrics.jsonl" 2>/dev/null; done | sed -n 's/.*"val_top1":\([0-9.]*\).*/\1/p' | sort -n | tail -1)
printf '%-16s %-6s %10s %10s\n' rule trains 'top-1' 'of best'
for name in $names; do
  for recipe in head all; do
    metrics=$runs/$recipe-$name/metrics.jsonl
    [ -f "$metrics" ] || continue
    top1=$(tail -1 "$metrics" | sed -n 's/.*"val_top1":\([0-9.]*\).*/\1/p')
    awk -v n="$name" -v r="$recipe" -v a="$top1" -v b="$best" 'BEGIN { printf "%-16s %-6s %9.1f%% %9.0f%%%s\n", n, r, 100 * a, 100 * a / b, a < 0.9 * b ? "  below 90%" : "" }'
  done
done
