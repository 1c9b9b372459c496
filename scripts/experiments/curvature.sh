#!/usr/bin/env bash
# How curved is the loss on the way? The largest and the smallest eigenvalue of the Hessian of a small network, from scratch, after 1, 3, 9 and
# 27 epochs of gradient descent, momentum and Adam, on the training images it learns from. The learning rates are constant. A table; the last
# line is JSON. docs/experiments/curvature.md
#   scripts/experiments/curvature.sh [--keep FOLDER]
source "$(dirname "$0")/../bench/common.sh"
[ $# -eq 0 ] || { [ "$1" = --keep ] && keep "$2"; }
build_cli
declare -A rules=([sgd]='{ name: sgd, lr: 0.1 }' [momentum]='{ name: momentum, lr: 0.01 }' [adam]='{ name: adam, lr: 0.001 }')
echo "rule      epochs  train loss  largest    smallest   largest / |smallest|  2 / largest"
rows=()
for rule in sgd momentum adam; do
  run=$results/$rule
  for epochs in 1 3 9 27; do
    if [ ! -f "$run/manifest.json" ]; then
      scripts/finetune train --data datasets/tidepool --model cnn --out "$run" --set "optimizer=${rules[$rule]}" schedule=constant augment=none \
        input.size=16 input.resize=16 batch=20 threads=1 result_weights=last epochs=1 >"$run.log" 2>&1 || fail "$(tail -1 "$run.log")"
    fi
    scripts/finetune train --out "$run" --resume --set epochs=$epochs >>"$run.log" 2>&1 || fail "$(tail -1 "$run.log")"
    found=$(scripts/finetune curvature --run "$run" --split train --images 160 --steps 80 --json 2>>"$run.log")
    rows+=("$("$python" - "$rule" "$epochs" "$found" "$(tail -1 "$run/metrics.jsonl")" <<'PY'
import json, sys
rule, epochs, found, line = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), json.loads(sys.argv[4])
high, low = found["largest"], found["smallest"]
print(f"{rule:9} {epochs:6}  {line['train_loss']:10.3f}  {high:9.3f}  {low:9.4f}  {high / abs(low):20.1f}  {2 / high:11.4f}", file=sys.stderr)
print(json.dumps({"rule": rule, "epochs": epochs, "train_loss": line["train_loss"], "largest": high, "smallest": low,
                  "parameters": found["parameters"], "error": max(found["largest_error"], found["smallest_error"])}))
PY
)")
  done
done
"$python" -c 'import json, sys; print(json.dumps([json.loads(r) for r in sys.argv[1:]]))' "${rows[@]}"
