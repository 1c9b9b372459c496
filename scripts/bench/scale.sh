#!/usr/bin/env bash
# What adding machines would bring, by the formula of docs/scale.md: the step of one machine is measured here, the network is assumed. ResNet-50
# and ViT-B/16, batch 32, 224 x 224, float32: all layers, the last stage, the head alone (the frozen layers computed anew each time).
#   scripts/bench/scale.sh [--short] [--keep FOLDER]
source "$(dirname "$0")/common.sh"
steps=3
while [ $# -gt 0 ]; do
  case $1 in
    --short) steps=1 && shift ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
build_benchmarks
for row in resnet50:all resnet50:last-2 resnet50:head vit_b_16:all vit_b_16:last-3 vit_b_16:head; do
  out=$results/scale-${row/:/-}
  [ -s "$out" ] || $benchmarks ranked-step 32 0 "$steps" off "model=${row%:*}" "trainable=${row#*:}" cache=off >"$out" 2>"$out.log" ||
    fail "$row: $(tail -3 "$out.log")"
done
"$python" - "$results" <<'TABLE'
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
LATENCY = 50e-6  # of a message, over TCP
MACHINES = (2, 4, 8, 16, 32, 64)


def seconds(compute, megabytes, gigabits, n):
    """A step on n machines: compute / n, and a ring's all-reduce."""
    return compute / n + 2 * (n - 1) / n * megabytes * 8e-3 / gigabits + 2 * (n - 1) * LATENCY


for faster in (1, 20):
    print(f"a machine {faster} times as fast as this one" if faster > 1 else "this machine")
    print("| network | trains | MB | step, s | Gb/s | " + " | ".join(map(str, MACHINES)) + " |")
    print("|---" * (5 + len(MACHINES)) + "|")
    for model in ("resnet50", "vit_b_16"):
        for part in ("all", "last-3" if model == "vit_b_16" else "last-2", "head"):
            line = json.loads((folder / f"scale-{model}-{part}").read_text())
            compute, megabytes = line["median"] / faster, 4e-6 * line["trainable"]
            for gigabits in (10, 25, 100):
                gains = [compute / seconds(compute, megabytes, gigabits, n) for n in MACHINES]
                print(f"| {model} | {part} | {megabytes:.2f} | {compute:.2f} | {gigabits} | "
                      + " | ".join(f"{g:.1f}{'' if g >= n / 2 else ' *'}" for g, n in zip(gains, MACHINES)) + " |")
    print()
print("times as fast as one machine; *: less than half of what the machines could do")
TABLE
