#!/usr/bin/env bash
# A ResNet-18 training step, batch 16, 224 x 224, SGD with momentum, 2 threads, through FineTune, through PyTorch and through TorchSharp
# alone; the latter two compute in float32 with their default layout. The processes stay alive and take turns of a few steps. The
# last column is each one's time as a multiple of FineTune's; PyTorch's goals are at least 1.1 in float32, and 2 in the fastest
# of precision and layout on a processor with AVX-512 BF16.
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
    finetune "$benchmarks step 16 2 $numerics" \
    "$pytorch" "$python $bench/peers/step.py 16" \
    "$torchsharp" "$benchmarks plain-step 16 2"
done
