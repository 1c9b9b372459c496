#!/usr/bin/env bash
# How good are ImageNet's features for the ants and bees: `finetune probe` beside PyTorch with the features taken by hand and
# scikit-learn's ridge classifier, whole processes in turns. Ratio = PyTorch's time / ours; the goal is at least 1.
#   scripts/bench/probe.sh [--short]          5 turns; --short: 1
source "$(dirname "$0")/common.sh"
turns=5
is_short "$@" && turns=1
weights=models/mobilenet_v1_025-imagenet.pth.tar
need_peer
need_real datasets/hymenoptera "$weights"
build_cli
for turn in $(seq "$turns"); do
  timed "$temp/peer-$turn" "$python" "$bench/peers/probe.py" "$shared/datasets/hymenoptera" "$shared/$weights"
  timed "$temp/ours-$turn" scripts/finetune probe --data "$shared/datasets/hymenoptera" --weights "mobilenet_v1_025=$shared/$weights" --json
done
PYTHONPATH=$bench "$python" - "$temp" "$turns" <<'TABLE'
import statistics
import sys

from stats import result, table

folder, turns = sys.argv[1], int(sys.argv[2])
ours, peer = ([result(f"{folder}/{who}-{k + 1}") for k in range(turns)] for who in ("ours", "peer"))
ratios = sorted(b[1] / a[1] for a, b in zip(ours, peer))
table([
    ("", "top-1", "median s"),
    *((name, f"{runs[0][0]['top1']:.3f}", f"{statistics.median(r[1] for r in runs):.1f}") for name, runs in (("finetune probe", ours), ("PyTorch by hand", peer))),
    ("ratio", "", f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})"),
])
TABLE
