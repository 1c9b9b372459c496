#!/usr/bin/env bash
# `finetune eval` beside PyTorch: two CIFAR-10 ResNets on 2,000 test images. Top-1 must be equal, NLL within 0.0005; seconds
# are of whole processes that take turns, their median.
#   scripts/bench/eval.sh [--short]          5 turns; --short: 1
source "$(dirname "$0")/common.sh"
turns=5
is_short "$@" && turns=1
nets="20-12fca82f 32-d509ac18"
need_peer
need_real datasets/cifar10-2000 models/cifar_resnet20-12fca82f.th models/cifar_resnet32-d509ac18.th
build_cli
for turn in $(seq "$turns"); do
  for net in $nets; do
    weights=$shared/models/cifar_resnet$net.th
    depth=${net%-*}
    timed "$temp/ours-$depth-$turn" scripts/finetune eval --data "$shared/datasets/cifar10-2000" --split test --model "cifar_resnet$depth" --weights "$weights" --json
    timed "$temp/peer-$depth-$turn" "$python" "$bench/peers/eval.py" "$depth" "$weights" "$shared/datasets/cifar10-2000/test"
  done
done
PYTHONPATH=$bench "$python" - "$temp" "$turns" <<'TABLE'
import statistics
import sys

from stats import result, table

folder, turns = sys.argv[1], int(sys.argv[2])
rows = [("", "top-1", "PyTorch", "NLL", "PyTorch", "apart", "seconds", "PyTorch", "ratio")]
equal = True
for depth in (20, 32):
    ours, peer = ([result(f"{folder}/{who}-{depth}-{k + 1}") for k in range(turns)] for who in ("ours", "peer"))
    a, b = ours[0][0], peer[0][0]
    seconds, peer_seconds = (statistics.median(r[1] for r in runs) for runs in (ours, peer))
    apart = abs(a["nll"] - b["nll"])
    equal &= a["top1"] == b["top1"] and apart < 0.0005
    rows.append((f"cifar_resnet{depth}", f"{a['top1']:.4f}", f"{b['top1']:.4f}", f"{a['nll']:.5f}", f"{b['nll']:.5f}",
                 f"{apart:.1e}", f"{seconds:.2f}", f"{peer_seconds:.2f}", f"{peer_seconds / seconds:.2f}"))
table(rows)
print("equal" if equal else "NOT EQUAL")
sys.exit(0 if equal else 1)
TABLE
