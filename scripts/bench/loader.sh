#!/usr/bin/env bash
# Images a second through the loader alone: hymenoptera's training photographs with the transfer-learning tutorial's view (decode,
# random resized crop to 224 x 224, flip, normalise), batches of 32, two workers, nothing trained. FineTune once decodes every image in
# every epoch, as the others do, and once keeps the decoded images, its default. All take turns of an epoch; the last column is
# each one's time as a multiple of FineTune's that decodes.
#   scripts/bench/loader.sh [--short]          12 turns; --short: 4
source "$(dirname "$0")/common.sh"
turns=12
is_short "$@" && turns=4
need_peer
need_real datasets/hymenoptera
build_benchmarks
photographs=$shared/datasets/hymenoptera
of="'$photographs' 32 2"
PYTHONPATH=$bench "$python" "$bench/turns.py" --items "$(find "$photographs/train" -type f | wc -l)" "$turns" 1 \
  "finetune" "$benchmarks loader $of decode" \
  "finetune, images kept" "$benchmarks loader $of cache" \
  "$pytorch" "$python $bench/peers/loader.py $of" \
  "$torchsharp" "$benchmarks plain-loader $of"
