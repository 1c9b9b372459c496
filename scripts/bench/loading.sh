#!/usr/bin/env bash
# Loading ResNet-50's weights, 97 MB made at random, into a network that is there: safetensors beside reading the file's bytes once (into
# one buffer of its size, and into one of 256 KiB), and a zip .pth beside PyTorch's torch.load and load_state_dict. The sides take turns,
# the files being in the page cache. Then the memory that a load takes at most beyond the network.
#   scripts/bench/loading.sh [--short]          15 turns of 3 loads; --short: 9 turns of 1
source "$(dirname "$0")/common.sh"
turns=15 steps=3
is_short "$@" && turns=9 steps=1
need_peer
# Loads as they are once .NET has compiled them fully; the first ones of a process take some 4 ms longer.
export DOTNET_TieredCompilation=0
build_benchmarks
"$python" "$bench/loading.py" resnet50 "$temp/w.pth" "$temp/w.safetensors"
"$python" "$bench/turns.py" "$turns" "$steps" \
  "bytes once" "$benchmarks read-file $temp/w.safetensors 0" \
  "in 256 KiB pieces" "$benchmarks read-file $temp/w.safetensors 262144" \
  "finetune, safetensors" "$benchmarks load-weights resnet50 $temp/w.safetensors"
"$python" "$bench/turns.py" "$turns" "$steps" \
  "$pytorch, zip .pth" "$python $bench/peers/loading.py resnet50 $temp/w.pth" \
  "finetune, zip .pth" "$benchmarks load-weights resnet50 $temp/w.pth"
for file in w.safetensors w.pth; do
  $benchmarks load-memory resnet50 "$temp/$file" | awk -v file="$file" '{ printf "%s: at most %.1f MB beyond the network, for a file of %.1f MB\n", file, $1 / 1e6, $2 / 1e6 }'
done
