#!/usr/bin/env bash
# How often an operation with a number fails while other threads collect garbage: by TorchSharp's operator, and by FineTune's own arithmetic.
#   scripts/bench/scalars.sh [--short]         60 s each; --short: 20
source "$(dirname "$0")/common.sh"
seconds=60
is_short "$@" && seconds=20
build_benchmarks
$benchmarks scalars "$seconds"
