#!/usr/bin/env bash
# The libraries that decode images, beside Pillow: their pixels on the goldens of every format and on hymenoptera's photographs, and
# photographs a second on one thread, the bytes in memory. ImageSharp is what the package by itself makes of a file; FineTune has it
# for TIFF, TGA and PNM alone.
#   scripts/bench/images.sh [--short]          5 turns; --short: 2
source "$(dirname "$0")/common.sh"
turns=5
is_short "$@" && turns=2
need_peer
need_real datasets/hymenoptera
build_benchmarks
photographs=$shared/datasets/hymenoptera
libraries=(SkiaSharp skia TurboJPEG turbojpeg ImageSharp imagesharp)
tables=() timed=()
for ((k = 0; k < ${#libraries[@]}; k += 2)); do
  tables+=("${libraries[k]}" "$benchmarks decode ${libraries[k + 1]} pixels")
  timed+=("${libraries[k]}" "$benchmarks decode ${libraries[k + 1]} time '$photographs'")
done
PYTHONPATH=$bench "$python" "$bench/peers/images.py" table tests/FineTune.Tests/Goldens/Images "$photographs" "${tables[@]}"
echo
PYTHONPATH=$bench "$python" "$bench/turns.py" --items "$(find "$photographs" -name '*.jpg' | wc -l)" "$turns" 1 \
  "Pillow $("$python" -c 'import PIL; print(PIL.__version__)')" "$python $bench/peers/images.py time '$photographs'" "${timed[@]}"
