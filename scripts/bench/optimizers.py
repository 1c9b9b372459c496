"""The table of scripts/bench/optimizers.sh from the lines of all sides: medians over the turns.

    python3 scripts/bench/optimizers.py OURS PYTORCH TORCHSHARP "PYTORCH'S NAME" "TORCHSHARP'S NAME"
"""
import collections
import statistics
import sys

from stats import table

FLOATS = 25_557_032  # ResNet-50


def medians(file):
    rows = collections.defaultdict(list)
    for line in open(file):
        name, *numbers = line.split()
        rows[name].append([float(n) for n in numbers])
    return {name: [statistics.median(column) for column in zip(*lines)] for name, lines in rows.items()}


ours, peer, plain = (medians(file) for file in sys.argv[1:4])
pytorch, torchsharp = sys.argv[4:]
rows = [("rule", "ms", "GB/s", "x limit", f"{pytorch}, loop", "foreach", "x its best", torchsharp, "x its")]
for name, (slots, step, pass_over) in ours.items():
    speed = 4 * FLOATS * (3 + 2 * slots) / step / 1e6
    columns = [name, f"{step:.1f}", f"{speed:.1f}", f"{step / pass_over:.2f}"]
    loops = peer.get(name)
    columns += [*(f"{t:.1f}" for t in loops), f"{min(loops) / step:.2f}"] if loops else [""] * 3
    columns += [f"{plain[name][0]:.1f}", f"{plain[name][0] / step:.2f}"] if name in plain else [""] * 2
    rows.append(columns)
table(rows)
print("goals: x limit at most 1.15 for elementwise rules, x PyTorch's best at least 1, of adam at least 2.3")
