"""Goldens of Evaluate/Metrics: every metric by scikit-learn, or by the paper's formula in NumPy, on random and degenerate inputs.

Made with scikit-learn 1.2.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/metrics.py

Writes tests/FineTune.Tests/Goldens/Evaluate/metrics.json:
  cases      name, classes, labels [n], probabilities [n, classes] row after row, and what each metric gives; null: not defined
  members    three classifiers' probabilities [40, 5]
  diversity  of the first one, two and three: the mean disagreement of pairs, and the mutual information
"""
import itertools
import json
import math
import pathlib
import warnings

import numpy as np
from sklearn import metrics

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Evaluate/metrics.json"
BINS = 15


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def ece(confidence, right):
    """Guo et al. 2017, equation 3, over bins (m - 1) / M < confidence <= m / M."""
    total = 0.0
    for m in range(1, BINS + 1):
        inside = (confidence > (m - 1) / BINS) & (confidence <= m / BINS)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def adaptive_ece(confidence, right):
    """Equally many images a bin (Nguyen and O'Connor 2015); images of equal confidence share their accuracy."""
    shared = np.array([right[confidence == c].mean() for c in confidence])
    order = np.argsort(confidence)
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return sum(len(p) / len(order) * abs(shared[p].mean() - confidence[p].mean()) for p in parts)


def aurc(confidence, right):
    """Geifman et al. 2019: the mean over thresholds, one an image, of the risk among those that are as confident."""
    return float(np.mean([1 - right[confidence >= threshold].mean() for threshold in confidence]))


def risk_at(confidence, right, coverage):
    """The risk at the highest threshold that answers at least this part."""
    for threshold in np.unique(confidence)[::-1]:
        answered = confidence >= threshold
        if answered.mean() >= coverage:
            return [float(threshold), answered.mean(), 1 - right[answered].mean()]


def ovr(p, labels, k):
    is_k = labels == k
    auroc = metrics.roc_auc_score(is_k, p[:, k]) if 0 < is_k.sum() < len(labels) else None
    return auroc, metrics.average_precision_score(is_k, p[:, k]) if is_k.any() else None


def mean(values):
    values = [v for v in values if v is not None]
    return float(np.mean(values)) if values else None


def measure(name, p, labels):
    p, labels = np.asarray(p, dtype=float), np.asarray(labels)
    every = list(range(p.shape[1]))
    predicted, confidence = p.argmax(1), p.max(1)
    right = (predicted == labels).astype(float)
    rank = np.array([sum(row[j] > row[k] or (row[j] == row[k] and j < k) for j in every) for row, k in zip(p, labels)])
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted, labels=every, zero_division=0)
    ranked = [ovr(p, labels, k) for k in every]
    kappa = metrics.cohen_kappa_score(labels, predicted)
    return {
        "name": name,
        "classes": len(every),
        "labels": labels.tolist(),
        "probabilities": p.flatten().tolist(),
        "top1": metrics.accuracy_score(labels, predicted),
        "top2": float((rank < 2).mean()),
        "top5": float((rank < 5).mean()),
        "nll": metrics.log_loss(labels, p, labels=every, eps=1e-300),
        "ece": ece(confidence, right),
        "adaptive_ece": adaptive_ece(confidence, right),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
        "macro_f1": metrics.f1_score(labels, predicted, average="macro", zero_division=0),
        "weighted_f1": metrics.f1_score(labels, predicted, average="weighted", zero_division=0),
        "brier": float(((p - np.eye(len(every))[labels]) ** 2).sum(1).mean()),
        "auroc": mean(a for a, _ in ranked),
        "average_precision": mean(a for _, a in ranked),
        "aurc": aurc(confidence, right),
        "risk_at_70": risk_at(confidence, right, 0.7),
        "kappa": None if math.isnan(kappa) else kappa,
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every).tolist(),
        "per_class": [
            {"precision": a, "recall": b, "f1": c, "n": int(n), "auroc": r[0], "average_precision": r[1]}
            for a, b, c, n, r in zip(precision, recall, f1, support, ranked)
        ],
    }


def entropy(p):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(1).mean()


def diversity(members):
    votes = [m.argmax(1) for m in members]
    pairs = [float((a != b).mean()) for a, b in itertools.combinations(votes, 2)]
    return {
        "disagreement": float(np.mean(pairs)) if pairs else None,
        "mutual_information": entropy(sum(members) / len(members)) - np.mean([entropy(m) for m in members]),
    }


def main():
    warnings.simplefilter("ignore")
    random = np.random.default_rng(11)

    def drawn(n, classes, labels=None, signal=1.5):
        labels = random.integers(0, classes, n) if labels is None else np.asarray(labels)
        return softmax(random.normal(0, 1.5, (n, classes)) + signal * np.eye(classes)[labels]), labels

    def grid(n, classes, steps):
        """Probabilities that are multiples of 1 / steps: many ties, and confidences on the edges of bins."""
        return np.array([np.bincount(random.integers(0, classes, steps), minlength=classes) for _ in range(n)]) / steps

    absent = np.array([k for k in random.integers(0, 6, 90) if k != 3])
    never = drawn(60, 4)[0]
    never[:, 2] = 0
    certain = np.eye(3)[random.integers(0, 3, 40)]
    cases = [
        ("random", *drawn(200, 7)),
        ("two classes", *drawn(61, 2)),
        ("more classes than images", *drawn(30, 40)),
        ("class absent", *drawn(len(absent), 6, absent)),
        ("class never predicted", never / never.sum(1, keepdims=True), random.integers(0, 4, 60)),
        ("only one class, some wrong", *drawn(25, 3, np.full(25, 1))),
        ("only one class, all right", np.tile([0.2, 0.7, 0.1], (9, 1)), np.full(9, 1)),
        ("all wrong", np.tile([0.2, 0.7, 0.1], (9, 1)), np.full(9, 0)),
        ("ties", grid(120, 4, 10), random.integers(0, 4, 120)),
        ("edges of bins", grid(150, 3, 15), random.integers(0, 3, 150)),
        ("all alike", np.full((16, 5), 0.2), np.arange(16) % 5),
        ("probabilities of 0 and 1", certain, random.integers(0, 3, 40)),
        ("one image, right", [[0.25, 0.75]], [1]),
        ("one image, wrong", [[0.25, 0.5, 0.25]], [2]),
        ("one image, probability 0", [[0.0, 1.0]], [0]),
    ]
    three = [softmax(random.normal(0, 1.5, (40, 5))) for _ in range(3)]
    three[2][0] = [0, 1, 0, 0, 0]
    golden = {
        "cases": [measure(*case) for case in cases],
        "members": [m.flatten().tolist() for m in three],
        "diversity": [diversity(three[:count]) for count in (1, 2, 3)],
    }
    OUT.write_text(json.dumps(golden) + "\n")
    for case in golden["cases"]:
        print({k: v for k, v in case.items() if k not in ("labels", "probabilities", "confusion", "per_class")})


main()
