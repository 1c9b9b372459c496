"""What the benchmarks' tables have in common: reading results, means with their interval, columns."""
import json
import os
import pathlib
import statistics

# Student's t for a 95% interval, by degrees of freedom.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def result(file):
    """A command's JSON, and the seconds it took."""
    path = pathlib.Path(file)
    return json.loads(path.read_text().strip().splitlines()[-1]), float(path.with_name(path.name + ".seconds").read_text())


def interval(values):
    """Half the width of the 95% interval of the values' mean; nan for a single value."""
    n = len(values)
    return T95[n - 1] * statistics.stdev(values) / n**0.5 if n > 1 else float("nan")


class Others:
    """How busy other processes keep the cores, from when this is made. What this process has started is not of them once it has ended."""

    def __init__(self):
        self.start = self._ticks()

    def share(self):
        """0 to 1: a part of all cores."""
        total, busy, own = (now - then for now, then in zip(self._ticks(), self.start))
        return max(0, busy - own) / total

    @staticmethod
    def _ticks():
        ticks = [int(n) for n in pathlib.Path("/proc/stat").read_text().split()[1:9]]
        idle = ticks[3] + ticks[4]  # the latter waits for a disk
        return sum(ticks), sum(ticks) - idle, sum(os.times()[:4]) * os.sysconf("SC_CLK_TCK")


def table(rows):
    """Prints rows of text, the first one a heading; columns are as wide as they need."""
    widths = [max(len(str(row[k])) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) if k == 0 else str(cell).rjust(width) for k, (cell, width) in enumerate(zip(row, widths))))
