"""Processes that take turns: each gets a number on its standard input, takes as many steps, and answers with their seconds.

    python3 scripts/bench/turns.py [--items N] TURNS STEPS NAME COMMAND [NAME COMMAND ...]

The first turn of each warms up and is not counted; with every turn another one begins. The table has each one's time as a multiple of
the first one's: the median of the turns' own ratios, each of the medians of one turn. With --items, a step is of N items, and the
table has items a second.
"""
import argparse
import shlex
import statistics
import subprocess
import sys

from stats import Others, table


def take(turns, steps, commands):
    """Seconds of each command's steps, a list a turn: [command][turn][step]."""
    processes = [subprocess.Popen(shlex.split(c), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    seconds = [[] for _ in commands]
    for turn in range(turns + 1):
        for k in range(len(commands)):
            who = (turn + k) % len(commands)
            processes[who].stdin.write(f"{steps}\n")
            processes[who].stdin.flush()
            answer = [float(s) for s in processes[who].stdout.readline().split()]
            if len(answer) != steps:
                sys.exit(f"'{commands[who]}' ended before its last step.")
            if turn > 0:
                seconds[who].append(answer)
    for process in processes:
        process.stdin.close()
        process.wait()
    return seconds


def ratios(seconds, basis):
    """Each turn's median of one command as a multiple of another's, sorted."""
    return sorted(statistics.median(a) / statistics.median(b) for a, b in zip(seconds, basis))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int)
    parser.add_argument("turns", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("pairs", nargs="+")
    options = parser.parse_args()
    names, commands = options.pairs[::2], options.pairs[1::2]
    others = Others()
    seconds = take(options.turns, options.steps, commands)
    used = others.share()

    def shown(s):
        return f"{options.items / s:.0f}/s" if options.items else f"{1000 * s:.1f} ms"

    rows = [("", "median", "fastest", "steps", f"time / {names[0]}'s (min..max)")]
    for name, turns in zip(names, seconds):
        steps = [s for turn in turns for s in turn]
        of = ratios(turns, seconds[0])
        multiple = f"{statistics.median(of):.3f} ({of[0]:.3f}..{of[-1]:.3f})" if turns is not seconds[0] else ""
        rows.append((name, shown(statistics.median(steps)), shown(min(steps)), len(steps), multiple))
    table(rows)
    print(f"other processes used {used:.0%} of the cores")


if __name__ == "__main__":
    main()
