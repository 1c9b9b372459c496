#!/usr/bin/env bash
# Makes the pretrained weights that ship, again: draws the source domain, trains on it by scripts/pretrain.yaml.
# The bits are those of models/cifar_resnet20-attic.safetensors on the same build of libtorch, processor and threads.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
to=${1:?usage: scripts/pretrain.sh FOLDER}
mkdir "$to"
to=$(cd "$to" && pwd)
"$root/scripts/setup.sh"
python3 -c 'import numpy, PIL' 2>/dev/null || { echo "Drawing needs Python with numpy and Pillow (Debian: python3-numpy, python3-pil)." >&2; exit 1; }
python3 "$root/scripts/datasets/sketchbook.py" --domain source --out "$to/attic" --seed 1 >"$to/attic.yaml"
"$root/scripts/finetune" train "$root/scripts/pretrain.yaml" --data "$to/attic" --out "$to/run"
sha256sum "$to/run/checkpoints/best.safetensors" "$root/models/cifar_resnet20-attic.safetensors"
