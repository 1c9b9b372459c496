"""Goldens of Evaluate/Calibration: temperature and vector scaling by SciPy, isotonic regression by scikit-learn.

Made with scikit-learn 1.2.1, scipy 1.10.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/calibration.py

Reads tests/FineTune.Tests/Goldens/Evaluate/metrics.json, the cases of scripts/goldens/metrics.py.
Writes tests/FineTune.Tests/Goldens/Evaluate/calibration.json, for some of the cases, fitted on the even images:
  temperature  T
  vector       scales, offsets
  isotonic     the probabilities of the odd images, row after row
"""
import json
import pathlib

import numpy as np
from scipy.optimize import brentq, minimize
from sklearn.isotonic import IsotonicRegression

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Evaluate"
CASES = ["random", "two classes", "class absent", "ties"]
PENALTY = 0.01


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def log(p):
    return np.log(np.maximum(p, 1e-300))


def temperature(p, labels):
    z = log(p)

    def slope(b):
        q = softmax(b * z)
        return (q * z).sum() - z[np.arange(len(labels)), labels].sum()

    return 1 / brentq(slope, 1e-2, 1e2, xtol=1e-15, rtol=1e-14)


def vector(p, labels):
    z, classes = log(p), p.shape[1]
    identity = np.concatenate([np.ones(classes), np.zeros(classes)])
    truth = np.eye(classes)[labels]

    def loss(x):
        q = softmax(x[:classes] * z + x[classes:])
        away = x - identity
        gap = q - truth
        gradient = np.concatenate([(gap * z).sum(0), gap.sum(0)]) + PENALTY * away
        return -np.log(q[np.arange(len(labels)), labels]).sum() + PENALTY / 2 * away @ away, gradient

    best = minimize(loss, identity, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    return best.x.tolist()


def isotonic(p, labels, other):
    mapped = np.empty_like(other)
    for k in range(p.shape[1]):
        curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p[:, k], labels == k)
        mapped[:, k] = curve.predict(other[:, k])
    sums, n, classes = mapped.sum(1, keepdims=True), len(labels), p.shape[1]
    mapped = np.where(sums > 0, mapped / np.where(sums > 0, sums, 1), 1 / classes)
    return ((n * mapped + 1 / classes) / (n + 1)).flatten().tolist()


def main():
    golden = {}
    for case in json.loads((GOLDENS / "metrics.json").read_text())["cases"]:
        if case["name"] in CASES:
            p, labels = np.array(case["probabilities"]).reshape(len(case["labels"]), -1), np.array(case["labels"])
            fit = p[::2], labels[::2]
            golden[case["name"]] = {
                "temperature": temperature(*fit) if case["name"] != "ties" else None,  # some of its probabilities are 0
                "vector": vector(*fit) if case["name"] != "ties" else None,
                "isotonic": isotonic(*fit, p[1::2]),
            }
    (GOLDENS / "calibration.json").write_text(json.dumps(golden) + "\n")
    for name, of in golden.items():
        print(name, of["temperature"], of["vector"])


main()
