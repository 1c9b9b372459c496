#!/usr/bin/env bash
# A ResNet-18 training step, batch 16, 224 x 224, float32, SGD with momentum, 2 threads, through the engine and through
# PyTorch: both processes stay alive and take turns of a few steps. Ratio = PyTorch's time / ours; the goal is at least 1.0.
#   scripts/bench/resnet18.sh [--short]          12 turns of 4 steps each; --short: 4 turns of 2
source "$(dirname "$0")/common.sh"
turns=12 steps=4
is_short "$@" && turns=4 steps=2
need_peer
build_benchmarks
PYTHONPATH=$bench "$python" "$bench/turns.py" "$turns" "$steps" \
  "$benchmarks step 16" \
  "$python $bench/peers/step.py 16"
