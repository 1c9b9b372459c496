#!/usr/bin/env python3
"""Sobol points of SciPy, and paired t tests of SciPy and of Nadeau and Bengio's formula, for the tests of sweeps. Prints C# rows.

Made with SciPy 1.10.1 and NumPy 1.24.2 (Debian 12: python3-scipy).
"""
import numpy as np
from scipy import stats
from scipy.stats import qmc

points = qmc.Sobol(d=16, scramble=False).random(64)
print("// Sobol, dimension by dimension: sums of the i-th of 64 coordinates times (7 i i + 3) mod 101, and the last point")
print("[" + ", ".join(repr(float(np.sum((7 * np.arange(64) ** 2 + 3) % 101 * points[:, d]))) for d in range(16)) + "],")
print("[" + ", ".join(repr(float(x)) for x in points[63]) + "],")

for values in ([0.02, 0.01, 0.03], [0.5, -0.2, 0.1, 0.4, 0.0], [1.5, 1.25, 1.75, 2.0]):
    for overlap in (0.0, 0.25):
        v = np.array(values)
        n, mean = len(v), v.mean()
        error = np.sqrt(v.var(ddof=1) * (1 / n + overlap))
        t = mean / error
        p = 2 * stats.t.sf(abs(t), n - 1)
        if overlap == 0:
            assert abs(p - stats.ttest_1samp(v, 0).pvalue) < 1e-15
        half = stats.t.ppf(0.975, n - 1) * error
        print(f"[InlineData(new[] {{ {', '.join(map(repr, values))} }}, {overlap}, {mean!r}, {mean - half!r}, {mean + half!r}, {p!r})]")
