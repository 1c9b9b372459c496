"""Goldens of Transfer/Heads: logistic regression and its cross-validation by Newton's method, the factor of the ridge head by SciPy.

Made with scikit-learn 1.2.1, scipy 1.10.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/heads.py

scikit-learn's logistic regression must agree. The data are a function of SplitMix64 streams: see data(). Sample i is held out with
those whose place in their own class is the same modulo 5. Features are divided by the root of their variance, summed over the
features. Writes
tests/FineTune.Tests/Goldens/Transfer/heads.json, for each case:
  nll, top1      a value a penalty: 1e-5 to 1, two a decade
  weight, bias   of penalty 0.01 on all samples, for features as they are; the biases' mean is 0
  scale, ridge   the factor of least negative log-likelihood of ridge regression's left-out scores (penalty 0.03), and that likelihood
"""
import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from softmax_head import uniform

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Transfer/heads.json"
CASES = {"many": (40, 6), "few": (16, 20), "pairs": (8, 5)}
CLASSES, FOLDS = 3, 5


def data(n, d):
    """Classes 0, 0, 1, 2 in turn: half of the class's prototype + noise, both uniform in [-1, 1)."""
    labels = np.array([0, 0, 1, 2])[np.arange(n) % 4]
    prototypes = 2 * uniform(1, CLASSES * d).reshape(CLASSES, d) - 1
    return 2 * uniform(2, n * d).reshape(n, d) - 1 + prototypes[labels] / 2, labels


def log_softmax(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))


def fit(x, y, penalty):
    """Newton's method to the last digits: [classes, d] and [classes]. The bias that all classes share is free, and stays 0."""
    n, d = x.shape
    a = np.hstack([x, np.ones((n, 1))])
    keep = penalty * np.diag(np.tile(np.append(np.ones(d), 0), CLASSES))
    w = np.zeros(CLASSES * (d + 1))
    for _ in range(100):
        p = np.exp(log_softmax(a @ w.reshape(CLASSES, -1).T))
        gradient = ((p - np.eye(CLASSES)[y]).T @ a / n).ravel() + keep @ w
        blocks = [[(a * (p[:, [i]] * ((i == j) - p[:, [j]]))).T @ a / n for j in range(CLASSES)] for i in range(CLASSES)]
        step = np.linalg.lstsq(np.block(blocks) + keep, gradient, rcond=1e-14)[0]
        scale = 1.0

        def loss(v):
            return -log_softmax(a @ v.reshape(CLASSES, -1).T)[np.arange(n), y].mean() + v @ keep @ v / 2

        while loss(w - scale * step) > loss(w) and scale > 1e-9:
            scale /= 2
        w = w - scale * step
    assert np.abs(gradient).max() < 1e-10
    w = w.reshape(CLASSES, -1)
    return w[:, :d], w[:, d] - w[:, d].mean()


def cross_validate(x, y, penalty):
    place = np.array([(y[:i] == y[i]).sum() % FOLDS for i in range(len(y))])
    nll, right = 0.0, 0
    for fold in range(FOLDS):
        held = place == fold
        if not held.any():
            continue
        weight, bias = fit(x[~held], y[~held], penalty)
        log = log_softmax(x[held] @ weight.T + bias)
        nll -= log[np.arange(held.sum()), y[held]].sum()
        right += (log.argmax(1) == y[held]).sum()
    return nll / len(y), right / len(y)


def ridge(x, y, penalty):
    """By its words: a fit without each sample."""
    n = len(x)
    penalised = penalty * ((x - x.mean(0)) ** 2).sum() / n
    onehot = np.eye(CLASSES)[y]
    scores = np.empty((n, CLASSES))
    for i in range(n):
        rest = np.arange(n) != i
        mean, target = x[rest].mean(0), onehot[rest].mean(0)
        a = x[rest] - mean
        w = np.linalg.solve(a.T @ a + penalised * np.eye(x.shape[1]), a.T @ (onehot[rest] - target))
        scores[i] = (x[i] - mean) @ w + target

    def nll(log):
        return -log_softmax(scores * np.exp(log))[np.arange(n), y].mean()

    best = minimize_scalar(nll, bounds=(np.log(0.1), np.log(1000)), method="bounded", options={"xatol": 1e-10})
    return np.exp(best.x), best.fun


def main():
    goldens = {}
    for name, (n, d) in CASES.items():
        x, y = data(n, d)
        unit = np.sqrt(((x - x.mean(0)) ** 2).sum() / n)
        scores = [cross_validate(x / unit, y, 10 ** (-5 + k / 2)) for k in range(11)]
        weight, bias = fit(x / unit, y, 0.01)
        theirs = LogisticRegression(C=1 / (0.01 * n), tol=1e-10, max_iter=10000).fit(x / unit, y)
        assert np.abs(theirs.coef_ - weight).max() < 3e-4  # it stops where the loss no longer falls
        scale, nll = ridge(x, y, 0.03)
        goldens[name] = {
            "nll": [s[0] for s in scores],
            "top1": [s[1] for s in scores],
            "weight": (weight / unit).ravel().tolist(),
            "bias": bias.tolist(),
            "scale": scale,
            "ridge": nll,
        }
    OUT.write_text(json.dumps(goldens, indent=1) + "\n")


if __name__ == "__main__":
    main()
