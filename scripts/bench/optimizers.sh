#!/usr/bin/env bash
# A step of every optimizer over ResNet-50's 161 parameter tensors (25.6 M floats), 2 threads, beside PyTorch's, beside TorchSharp's own
# and beside a plain pass over the same arrays; the sides take turns.
#   scripts/bench/optimizers.sh [--short] [RULE ...]          3 turns of 15 steps; --short: 1 turn of 5
source "$(dirname "$0")/common.sh"
turns=3 steps=15
[ "${1:-}" = --short ] && turns=1 steps=5 && shift
need_peer
build_benchmarks
for _ in $(seq "$turns"); do
  $benchmarks optimizers "$steps" "$@" >>"$temp/ours"
  "$python" "$bench/peers/optimizers.py" "$steps" "$@" >>"$temp/peer"
  $benchmarks plain-optimizers "$steps" "$@" >>"$temp/plain"
done
PYTHONPATH=$bench "$python" "$bench/optimizers.py" "$temp/ours" "$temp/peer" "$temp/plain" "$pytorch" "$torchsharp"
