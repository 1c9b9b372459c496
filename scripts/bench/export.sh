#!/usr/bin/env bash
# Images a second of one network in evaluation on two threads: the toolkit's, PyTorch's, and ONNX Runtime's on the exported graph.
#   scripts/bench/export.sh [--short] [MODEL ...]     resnet50 and mobilenet_v2, 11 turns of 3 batches of 16; --short: 3 turns of 1
source "$(dirname "$0")/common.sh"
turns=11 steps=3 batch=16
[ "${1:-}" = --short ] && turns=3 steps=1 && shift
[ $# -gt 0 ] || set -- resnet50 mobilenet_v2
need_peer
build_cli
build_benchmarks
for model in "$@"; do
  "$python" -c "import sys, torch, torchvision; torch.save(getattr(torchvision.models, sys.argv[1])(weights=None).state_dict(), sys.argv[2])" \
    "$model" "$temp/$model.pth"
  scripts/finetune export --model "$model" --weights "$temp/$model.pth" --format onnx --out "$temp/$model.onnx" >"$temp/said" || fail "$(cat "$temp/said")"
  echo "$model, batches of $batch"
  "$python" "$bench/turns.py" --items "$batch" "$turns" "$steps" \
    finetune "$benchmarks forward $model $batch" \
    "$pytorch" "$python $bench/peers/forward.py $model $batch" \
    "ONNX Runtime" "$benchmarks forward-onnx $temp/$model.onnx $batch"
done
