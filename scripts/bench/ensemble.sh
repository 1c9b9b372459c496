#!/usr/bin/env bash
# Evaluates five snapshots beside one model, and trains with snapshots beside without, on hymenoptera: MobileNet v1 x0.25, head only and all
# layers. The sides take turns; 20 passes of each are timed, with the images decoded before. Last line: JSON.
#   scripts/bench/ensemble.sh [--short]         5 turns; --short: 2
source "$(dirname "$0")/common.sh"
turns=5
is_short "$@" && turns=2
need_real datasets/hymenoptera models/mobilenet_v1_025-imagenet.pth.tar
build_cli
build_benchmarks
"$python" "$bench/ensemble.py" "$turns" "$shared/datasets/hymenoptera" mobilenet_v1_025 "$shared/models/mobilenet_v1_025-imagenet.pth.tar" "$temp"
