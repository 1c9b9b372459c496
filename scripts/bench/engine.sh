#!/usr/bin/env bash
# A tiny add through the engine beside PyTorch's, in one run: medians of rounds that take turns.
#   scripts/bench/engine.sh [TURNS]          python: $FINETUNE_PYTHON, or Debian's, which has the same libtorch
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${FINETUNE_PYTHON:-/usr/bin/python3}
dotnet build tests/FineTune.Benchmarks -c Release --nologo -v q
engine() { dotnet exec tests/FineTune.Benchmarks/bin/Release/net10.0/FineTune.Benchmarks.dll add 20; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for _ in $(seq "${1:-5}"); do
  engine >>"$out/engine"
  "$python" scripts/bench/engine.py 20 >>"$out/python"
done
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
echo "engine  $(median "$out/engine") ns"
echo "python  $(median "$out/python") ns"
