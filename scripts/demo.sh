#!/usr/bin/env bash
# Fine-tunes the weights that ship on the dataset that ships, and prints side by side: from scratch, the head only, all
# layers, an ensemble of snapshots, and recipe auto, with nothing set. Two to three minutes on two cores.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/setup.sh"
cd "$root"
runs=${1:-runs/demo}
if [ -e "$runs" ]; then
  echo "'$runs' is there already; remove it, or name another folder: scripts/demo.sh FOLDER" >&2
  exit 1
fi
scripts/finetune doctor | grep -E '^(engine|libtorch|threads|advice)' || true
start=$(date +%s)
for row in scratch head all snapshots; do
  echo
  echo "== $row: scripts/demo/$row.yaml"
  scripts/finetune train "scripts/demo/$row.yaml" --out "$runs/$row"
done
echo
echo "== auto: nothing set (docs/auto.md)"
scripts/finetune train --data datasets/tidepool --model cifar_resnet20 --weights attic --out "$runs/auto"
echo
scripts/finetune compare "$runs/scratch" "$runs/head" "$runs/all" "$runs/snapshots" "$runs/auto"
echo
scripts/finetune ensemble --run "$runs/snapshots"
echo
echo "All of it took $(($(date +%s) - start)) s. Look at $runs/all/report.html; try: scripts/finetune predict --run $runs/all datasets/tidepool/val/crab"
