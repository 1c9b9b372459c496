#!/usr/bin/env bash
# Trains the demo that ships with every optimizer of `finetune list optimizers` at its default learning rate, seed 0, and prints validation
# accuracy and its part of the best. Those of second order, which are made for all images at once, train the head alone so, with a
# weight decay of 0.005: they find the minimum of each view, which without a penalty is that of 160 images alone.
# The last line is JSON.
#   scripts/bench/rules-demo.sh [FOLDER] [EPOCHS] [head|all]   (default: runs/rules 20 all; finished runs in FOLDER are kept and not repeated)
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
"${FINETUNE_PYTHON:-/usr/bin/python3}" - "$runs" $names <<'TABLE'
import json
import pathlib
import sys

folder, *names = sys.argv[1:]
found = []
for name in names:
    for trains in ("head", "all"):
        metrics = pathlib.Path(folder, f"{trains}-{name}", "metrics.jsonl")
        if metrics.exists():
            found.append({"rule": name, "trains": trains, "top1": 100 * json.loads(metrics.read_text().splitlines()[-1])["val_top1"]})
best = max(row["top1"] for row in found)
print(f"{'rule':17} {'trains':6} {'top-1':>10} {'of best':>10}")
for row in found:
    part = row["part"] = 100 * row["top1"] / best
    print(f"{row['rule']:17} {row['trains']:6} {row['top1']:9.1f}% {part:9.0f}%{'  below 90%' if part < 90 else ''}")
print(json.dumps(found))
TABLE
