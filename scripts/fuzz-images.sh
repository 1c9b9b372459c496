#!/bin/sh
# Feeds mutated images to the native half of FineTune.Images under the address and undefined-behaviour sanitizers.
#
#   scripts/fuzz-images.sh [rounds a file, default 2000] [seed, default 1]
set -eu
cd "$(dirname "$0")/.."
native=src/FineTune/Images/native
goldens=tests/FineTune.Tests/Goldens/Images
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cc -std=c11 -g -O1 -Wall -Wextra -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
  scripts/fuzz-images.c $native/images.c $native/jpeg.c $native/png.c $native/webp.c \
  -o "$out/fuzz-images" -ljpeg -lpng -lwebp
"$out/fuzz-images" "${1:-2000}" "${2:-1}" $goldens/*.jpg $goldens/*.png $goldens/*.webp
