#!/usr/bin/env bash
# A tiny add through the engine beside PyTorch's, in one run: medians of rounds that take turns. Goal: at most 1 µs.
#   scripts/bench/engine.sh [--short]          5 turns; --short: 2
source "$(dirname "$0")/common.sh"
turns=5
is_short "$@" && turns=2
need_peer
build_benchmarks
for _ in $(seq "$turns"); do
  $benchmarks add 20 >>"$temp/ours"
  "$python" "$bench/peers/add.py" 20 >>"$temp/peer"
done
PYTHONPATH=$bench "$python" - "$temp" <<'TABLE'
import pathlib
import statistics
import sys

from stats import table

ours, peer = (statistics.median(map(float, pathlib.Path(sys.argv[1], who).read_text().split())) for who in ("ours", "peer"))
table([("", "median"), ("finetune", f"{ours:.0f} ns"), ("PyTorch", f"{peer:.0f} ns"), ("ratio", f"{peer / ours:.2f}")])
TABLE
