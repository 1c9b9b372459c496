"""The table of scripts/bench/optimizers.sh from the lines of both sides: medians over the turns.

    python3 scripts/bench/optimizers.py OURS PEER
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


ours, peer = medians(sys.argv[1]), medians(sys.argv[2])
rows = [("rule", "ms", "GB/s", "x limit", "torch loop", "torch foreach", "x torch's best")]
for name, (slots, step, plain) in ours.items():
    speed = 4 * FLOATS * (3 + 2 * slots) / step / 1e6
    theirs = peer.get(name)
    rows.append((name, f"{step:.1f}", f"{speed:.1f}", f"{step / plain:.2f}", *((f"{t:.1f}" for t in theirs) if theirs else ("", "")), f"{min(theirs) / step:.2f}" if theirs else ""))
table(rows)
print("goals: x limit at most 1.15 for elementwise rules, x torch's best at least 1, of adam at least 2.3")
