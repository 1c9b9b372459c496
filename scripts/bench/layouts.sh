#!/usr/bin/env bash
# Both memory layouts, network by network: forward and backward pass in training, and the body in evaluation, as it is in nchw and
# with batch norms folded. Random weights, 2 threads, the ways in turns in one process for each network; ratios of medians to nchw.
#   scripts/bench/layouts.sh [--short]          9 turns; --short: 3, and four networks
source "$(dirname "$0")/common.sh"
turns=9
networks="mobilenet_v1_025:224:4 mobilenet_v1_025:224:16 cifar_resnet20:32:32 resnet18:224:8 resnet50:224:4 mobilenet_v2:224:8
  mobilenet_v3_large:224:8 efficientnet_b0:224:8 mnasnet1_0:224:8 shufflenet_v2_x1_0:224:8 squeezenet1_1:224:8 densenet121:224:4
  googlenet:224:4 inception_v3:299:4 regnet_y_400mf:224:8 resnext50_32x4d:224:4 alexnet:224:8 vgg11:224:4 convnext_tiny:224:4
  swin_t:224:4 resnet18:64:16 cnn:64:16"
if is_short "$@"; then
  turns=3
  networks="mobilenet_v1_025:224:4 cifar_resnet20:32:32 resnet18:224:8 mobilenet_v2:224:8"
fi
build_benchmarks
for network in $networks; do
  IFS=: read -r model size batch <<<"$network"
  echo "$model $size $batch $($benchmarks layouts "$model" "$size" "$batch" 2 "$turns")" >>"$temp/rows"
done
PYTHONPATH=$bench "$python" - "$temp/rows" <<'TABLE'
import json
import sys

from stats import table

rows = [("network, input, batch", "training, nchw", "channels_last", "ratio", "evaluation, nchw", "folded", "and channels_last", "ratio")]
ratios = {}
for line in open(sys.argv[1]):
    model, size, batch, said = line.split(maxsplit=3)
    ms = json.loads(said)
    name = f"{model}, {size}, {batch}"
    plain, folded, last = ms["eval_nchw"], ms["eval_nchw_folded"], ms["eval_channels_last_folded"]
    ratios[name] = train, look = ms["train_nchw"] / ms["train_channels_last"], plain / last
    rows.append((name, f"{ms['train_nchw']:.0f} ms", f"{ms['train_channels_last']:.0f} ms", f"{train:.2f}",
                 f"{plain:.1f} ms", f"{folded:.1f} ms", f"{last:.1f} ms", f"{look:.2f}"))
table(rows)
print(json.dumps({name: {"training": round(t, 3), "evaluation": round(e, 3)} for name, (t, e) in ratios.items()}))
TABLE
