#!/usr/bin/env bash
# What the toolkit is for, beside PyTorch on the same machine: the transfer-learning tutorial head only and all layers, a ResNet-18
# step in each precision and layout, what bfloat16 costs in accuracy, and a probe of frozen features. Goals: head only 15 times as
# fast end to end, all layers 1.5 times, at means of top-1 within 1.5 points; the step 2 times as fast, 1.1 in float32; bfloat16's
# accuracy within float32's seeds; the probe no slower.
#   scripts/bench/train.sh [--short]          25 epochs, 5 seeds; --short: 2 epochs, 1 seed
source "$(dirname "$0")/common.sh"
tutorial=(--seeds 5) short=()
is_short "$@" && tutorial=(--short) short=(--short)
"$bench/hymenoptera.sh" "${tutorial[@]}"
"$bench/resnet18.sh" "${short[@]}"
"$bench/precision.sh" "${short[@]}"
"$bench/probe.sh" "${short[@]}"
