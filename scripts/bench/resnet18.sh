#!/usr/bin/env bash
# A ResNet-18 training step, batch 16, 224 x 224, SGD with momentum, 2 threads, through the engine and through PyTorch, which
# computes in float32 with its default layout: both processes stay alive and take turns of a few steps. Ratio = PyTorch's time /
# ours; the goals are at least 1.1 in float32, and 2 in the fastest of precision and layout on a processor with AVX-512 BF16.
#   scripts/bench/resnet18.sh [--short]          12 turns of 4 steps each; --short: 4 turns of 2
source "$(dirname "$0")/common.sh"
turns=12 steps=4
is_short "$@" && turns=4 steps=2
need_peer
build_benchmarks
for row in "float32 nchw:1.1" "float32 channels_last:1.1" "bfloat16 channels_last:2"; do
  numerics=${row%:*}
  echo "$numerics (goal ${row#*:})"
  PYTHONPATH=$bench "$python" "$bench/turns.py" "$turns" "$steps" \
    "$benchmarks step 16 2 $numerics" \
    "$python $bench/peers/step.py 16"
done
