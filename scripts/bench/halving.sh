#!/usr/bin/env bash
# Does successive halving find the winner of the whole grid, and at which part of its cost? The shipped sweep, with and without halving, in one
# run. The last line is JSON. About 10 minutes on two cores.
#   scripts/bench/halving.sh [--keep FOLDER]
source "$(dirname "$0")/common.sh"
[ $# -eq 0 ] || { [ "$1" = --keep ] && keep "$2"; }
build_cli
sweep=scripts/experiments/halving.yaml
grep -v '^halving:' $sweep >"$results/grid.yaml"
for form in halving grid; do
  file=$sweep
  [ $form = halving ] || file=$results/grid.yaml
  scripts/finetune sweep "$file" --out "$results/$form" >"$results/$form.log" 2>&1
done
"$python" - "$results" <<'PY'
import json, sys
halving, grid = (json.load(open(f"{sys.argv[1]}/{form}/results.json")) for form in ("halving", "grid"))
def line(form, r):
    first = r["configurations"][0]
    print(f"{form:8} {' '.join(first['settings']):40} top-1 {100 * first['top1']:.2f} %  nll {first['nll']:.4f}  {r['epochs']} epochs")
    return first
a, b = line("halving", halving), line("grid", grid)
rank = next(c for c in grid["configurations"] if c["configuration"] == a["configuration"])
print(f"the winner of halving is number {rank['rank']} of {len(grid['configurations'])} in the grid; its weights are "
      + ("the same, bit by bit" if rank["final_weights_sha256"] == a["final_weights_sha256"] else "OTHERS"))
print(json.dumps({"same_winner": a["configuration"] == b["configuration"], "rank_in_grid": rank["rank"],
                  "same_weights": rank["final_weights_sha256"] == a["final_weights_sha256"],
                  "cost": halving["epochs"] / grid["epochs"], "halving_epochs": halving["epochs"], "grid_epochs": grid["epochs"]}))
PY
