"""Two processes that take turns: each gets a number on its standard input, takes as many steps, and answers with their seconds.

    python3 scripts/bench/turns.py TURNS STEPS "OUR COMMAND" "PEER'S COMMAND"

The first turn of each warms up and is not counted; who goes first changes with every turn.
"""
import shlex
import statistics
import subprocess
import sys

from stats import table

turns, steps, *commands = sys.argv[1:]
processes = [subprocess.Popen(shlex.split(c), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
seconds = ([], [])
for turn in range(int(turns) + 1):
    for who in (0, 1) if turn % 2 else (1, 0):
        processes[who].stdin.write(steps + "\n")
        processes[who].stdin.flush()
        answer = [float(s) for s in processes[who].stdout.readline().split()]
        if len(answer) != int(steps):
            sys.exit(f"'{commands[who]}' ended before its last step.")
        if turn > 0:
            seconds[who].append(answer)
for process in processes:
    process.stdin.close()
    process.wait()

ratios = sorted(statistics.median(peer) / statistics.median(ours) for ours, peer in zip(*seconds))
ours, peer = ([s for block in blocks for s in block] for blocks in seconds)
table([
    ("", "median", "fastest", "steps"),
    *((name, f"{1000 * statistics.median(s):.1f} ms", f"{1000 * min(s):.1f} ms", len(s)) for name, s in (("finetune", ours), ("PyTorch", peer))),
    ("ratio", f"{statistics.median(peer) / statistics.median(ours):.3f}", f"{min(peer) / min(ours):.3f}", ""),
])
print(f"ratio of each turn's medians: {statistics.median(ratios):.3f} ({ratios[0]:.3f}..{ratios[-1]:.3f})")
