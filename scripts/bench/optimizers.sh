#!/usr/bin/env bash
# A step of every optimizer over ResNet-50's 161 parameter tensors (25.6 M floats), 2 threads, beside PyTorch's and beside a
# plain pass over the same arrays; the two sides take turns.
#   scripts/bench/optimizers.sh [--short] [RULE ...]          3 turns of 15 steps; --short: 1 turn of 5
source "$(dirname "$0")/common.sh"
turns=3 steps=15
[ "${1:-}" = --short ] && turns=1 steps=5 && shift
need_peer
dotnet build tests/FineTune.Benchmarks -c Release --nologo -v q -p:RunAnalyzers=false >"$temp/build" || fail "$(cat "$temp/build")"
for _ in $(seq "$turns"); do
  dotnet exec tests/FineTune.Benchmarks/bin/Release/net10.0/FineTune.Benchmarks.dll optimizers "$steps" "$@" >>"$temp/ours"
  "$python" "$bench/peers/optimizers.py" "$steps" "$@" >>"$temp/peer"
done
PYTHONPATH=$bench "$python" "$bench/optimizers.py" "$temp/ours" "$temp/peer"
