#!/usr/bin/env bash
# Fine-tunes the weights that ship on the dataset that ships, and prints side by side: from scratch, the head only, all
# layers, an ensemble of snapshots, and recipe auto, with nothing set. Three to six minutes on two cores. Started again after it was stopped,
# it goes on where it was.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/setup.sh"
cd "$root"
runs=${1:-runs/demo}
train() { # NAME, and what train takes
  if [ -e "$runs/$1/recipe.yaml" ]; then
    scripts/finetune train --out "$runs/$1" --resume
  else
    scripts/finetune train "${@:2}" --out "$runs/$1"
  fi
}
scripts/finetune doctor | grep -E '^(engine|libtorch|threads|advice)' || true
start=$(date +%s)
for row in scratch head all snapshots; do
  echo
  echo "== $row: scripts/demo/$row.yaml"
  train "$row" "scripts/demo/$row.yaml"
done
echo
echo "== auto: nothing set (docs/auto.md)"
train auto --data datasets/tidepool --model cifar_resnet20 --weights attic
echo
scripts/finetune compare "$runs/scratch" "$runs/head" "$runs/all" "$runs/snapshots" "$runs/auto"
echo
scripts/finetune ensemble --run "$runs/snapshots"
echo
echo "All of it took $(($(date +%s) - start)) s. Look at $runs/all/report.html; try: scripts/finetune predict --run $runs/all datasets/tidepool/val/crab"
