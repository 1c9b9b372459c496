#!/usr/bin/env bash
# From PyTorch and back, on the photographs of hymenoptera: torchvision's weights are fine-tuned here and exported; PyTorch
# (load_state_dict, strict), finetune from each exported file, and ONNX Runtime then say the same of each validation image.
# Needs ../shared/real (FINETUNE_SHARED names another folder), python3-torch, python3-torchvision and python3-pil.
#   scripts/roundtrip.sh
source "$(dirname "$0")/bench/common.sh"
need_peer
need_real datasets/hymenoptera
build_cli
build_benchmarks
photographs=$shared/datasets/hymenoptera
"$python" scripts/roundtrip.py start "$temp/start.pth"
scripts/finetune train --data "$photographs" --model resnet18 --weights "$temp/start.pth" --out "$temp/run" \
  --set trainable=head head.init=exact epochs=1 >"$temp/log" 2>&1 || fail "$(cat "$temp/log")"
for format in pth safetensors onnx; do
  scripts/finetune export --run "$temp/run" --format $format --out "$temp/tuned.$format" || fail "the export failed."
done
mapfile -t images < <(find "$photographs/val" -name '*.jpg' | sort)
scripts/finetune predict --run "$temp/run" "${images[@]}" --json >"$temp/run.json"
"$python" scripts/roundtrip.py predict "$temp/tuned.pth" resnet18 "${images[@]}" >"$temp/PyTorch, .pth"
scripts/finetune predict --model resnet18 --weights "$temp/tuned.pth" "${images[@]}" --json >"$temp/finetune, .pth"
scripts/finetune predict --weights "$temp/tuned.safetensors" "${images[@]}" --json >"$temp/finetune, safetensors"
$benchmarks onnx-predict "$temp/tuned.onnx" "${images[@]}" >"$temp/ONNX Runtime"
"$python" scripts/roundtrip.py compare "$temp/run.json" "$temp/PyTorch, .pth" "$temp/finetune, .pth" "$temp/finetune, safetensors" "$temp/ONNX Runtime"
