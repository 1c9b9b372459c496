"""Goldens of Evaluate/Statistics: the paired bootstrap in NumPy on the same random numbers, Holm's correction, Student's interval.

Made with scipy 1.10.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/resampling.py

Reads tests/FineTune.Tests/Goldens/Evaluate/scores.json, the two classifiers of scripts/goldens/evaluate.py.
Writes tests/FineTune.Tests/Goldens/Evaluate/statistics.json:
  bootstrap  top1, nll, ece: [difference, low, high] at 95 % of the first's minus the second's, 300 resamples, seed 5
  holm       pairs of p-values and adjusted p-values
  seeds      values, then min, median, max, mean, and the ends of the mean's 95 % interval
"""
import json
import pathlib

import numpy as np
from scipy import stats

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Evaluate"
WORD = (1 << 64) - 1
RESAMPLE, SEED, RESAMPLES, BINS = 9, 5, 300, 15


def mix(z):
    """The mixing function of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def stream(seed, epoch, sample, use):
    """RandomKey.Stream()."""
    h = mix((seed + 0x9E3779B97F4A7C15) & WORD)
    h = mix(h ^ ((epoch + 0xD1B54A32D192ED03) & WORD))
    h = mix(h ^ ((sample + 0x8CB92BA72F3D8DD7) & WORD))
    state = mix(h ^ ((use * 0xA0761D6478BD642F) & WORD))
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        yield mix(state)


def below(numbers, bound):
    """RandomStream.NextInt(bound): Lemire's multiplication, with rejection."""
    while True:
        product = next(numbers) * bound
        if product & WORD >= (1 << 64) % bound:
            return product >> 64


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def ece(confidence, right):
    total = 0.0
    for m in range(1, BINS + 1):
        inside = (confidence > (m - 1) / BINS) & (confidence <= m / BINS)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def score(p, labels):
    right = p.argmax(1) == labels
    return np.array([right.mean(), -np.log(p[np.arange(len(labels)), labels]).mean(), ece(p.max(1), right)])


def holm(p):
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate((len(p) - np.arange(len(p))) * np.asarray(p)[order]))
    return adjusted.tolist()


def seeds(values):
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values) if len(values) > 1 else None
    mean = float(np.mean(values))
    ends = [None, None] if half is None else [mean - half, mean + half]
    return [values, [min(values), float(np.median(values)), max(values), mean, *ends]]


def main():
    scores = json.loads((GOLDENS / "scores.json").read_text())
    labels = np.array(scores["labels"])
    a, b = [softmax(np.array(z).reshape(len(labels), -1)) for z in scores["logits"]]
    drawn = []
    for r in range(RESAMPLES):
        numbers = stream(SEED, 0, r, RESAMPLE)
        images = np.array([below(numbers, len(labels)) for _ in labels])
        drawn.append(score(a[images], labels[images]) - score(b[images], labels[images]))
    ends = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    seen = score(a, labels) - score(b, labels)
    golden = {
        "bootstrap": {name: [seen[k], ends[0, k], ends[1, k]] for k, name in enumerate(["top1", "nll", "ece"])},
        "holm": [[p, holm(p)] for p in [[0.01, 0.04, 0.03, 0.005], [0.5, 0.6, 0.9], [0.02], [0.2, 0.001, 0.2, 0.0, 1.0], [0.04, 0.045]]],
        "seeds": [seeds(v) for v in [[0.91], [0.9, 0.94], [0.9, 0.94, 0.93, 0.9, 0.95], [0.5, 0.5, 0.5], [1.0, -2.0, 3.5, 4.0]]],
    }
    (GOLDENS / "statistics.json").write_text(json.dumps(golden) + "\n")
    print(golden)


main()
