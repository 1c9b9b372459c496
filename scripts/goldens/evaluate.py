"""Goldens of the Evaluate and Ensemble rooms: scores, intervals and tests of differences by scikit-learn, NumPy and SciPy.

Made with scikit-learn 1.2.1, scipy 1.10.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/evaluate.py

Writes tests/FineTune.Tests/Goldens/Evaluate/scores.json:
  logits   of two classifiers, [200, 7] each, rounded so that float32 holds them exactly; labels [200]
  scores   top1, top5, nll, ece of each and of the mean of their probabilities
  clopper  [right, n, low, high] at 95 %: Clopper and Pearson's interval
  mcnemar  [only first right, only second right, p]
"""
import json
import pathlib

import numpy as np
from scipy.stats import beta, binomtest
from sklearn.metrics import accuracy_score, log_loss, top_k_accuracy_score

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Evaluate/scores.json"
N, CLASSES, BINS = 200, 7, 15


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def ece(p, labels):
    """Guo et al. 2017, equation 3, over bins (m - 1) / M < confidence <= m / M."""
    confidence, right = p.max(1), p.argmax(1) == labels
    total = 0.0
    for m in range(1, BINS + 1):
        inside = (confidence > (m - 1) / BINS) & (confidence <= m / BINS)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def score(p, labels):
    every = list(range(CLASSES))
    return {
        "top1": accuracy_score(labels, p.argmax(1)),
        "top5": top_k_accuracy_score(labels, p, k=5, labels=every),
        "nll": log_loss(labels, p, labels=every, eps=1e-15),
        "ece": ece(p, labels),
    }


def main():
    random = np.random.default_rng(7)
    labels = random.integers(0, CLASSES, N)
    logits = [np.round((random.normal(0, 1.5, (N, CLASSES)) + 1.5 * np.eye(CLASSES)[labels]) * 256) / 256 for _ in range(2)]
    probabilities = [softmax(z) for z in logits]
    clopper = []
    for right, n in [(0, 1), (1, 1), (0, 10), (5, 10), (10, 10), (87, 100), (138, 153), (1627, 2000), (49999, 50000)]:
        low = beta.ppf(0.025, right, n - right + 1) if right else 0
        clopper.append([right, n, low, beta.ppf(0.975, right + 1, n - right) if right < n else 1])
    pairs = [(0, 0), (1, 0), (3, 9), (10, 10), (25, 12), (400, 460), (1500, 1400), (2000, 2000)]
    mcnemar = [[a, b, binomtest(a, a + b, 0.5).pvalue if a + b else 1.0] for a, b in pairs]
    golden = {
        "labels": labels.tolist(),
        "logits": [z.flatten().tolist() for z in logits],
        "scores": [score(p, labels) for p in [*probabilities, sum(probabilities) / 2]],
        "clopper": clopper,
        "mcnemar": mcnemar,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden) + "\n")
    print(golden["scores"], mcnemar)


main()
