"""What several classifiers say together: mean, geometric mean, votes, fitted weights (SciPy's SLSQP) and ensemble selection (by NumPy).

    python3 scripts/goldens/combinations.py > tests/FineTune.Tests/Goldens/Ensemble/combinations.json
"""
import json

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

MEMBERS, IMAGES, CLASSES = 4, 30, 3
rng = np.random.default_rng(20)
labels = rng.integers(0, CLASSES, IMAGES)
logits = rng.normal(size=(MEMBERS, IMAGES, CLASSES))
for member, skill in enumerate((2.0, 1.2, 0.0, 1.0)):
    logits[member, np.arange(IMAGES), labels] += skill
p = softmax(logits, axis=2).round(6)
p[:, :, -1] = 1 - p[:, :, :-1].sum(axis=2)
right = p[:, np.arange(IMAGES), labels]  # [members, images]


def nll(weights):
    return -np.log(weights @ right).mean()


fitted = minimize(nll, np.full(MEMBERS, 1 / MEMBERS), bounds=[(0, 1)] * MEMBERS, constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
                  options={"ftol": 1e-15, "maxiter": 1000})
bag, best = [], (np.inf, [])
for size in range(1, 3 * MEMBERS + 1):
    bag.append(min(range(MEMBERS), key=lambda m: -np.log(right[bag + [m]].mean(axis=0)).mean()))
    best = min(best, (-np.log(right[bag].mean(axis=0)).mean(), list(bag)))
votes = np.zeros((IMAGES, CLASSES))
for member in p:
    votes[np.arange(IMAGES), member.argmax(axis=1)] += 1 / MEMBERS
json.dump({
    "labels": labels.tolist(),
    "members": p.reshape(MEMBERS, -1).tolist(),
    "average": p.mean(axis=0).flatten().tolist(),
    "logits": softmax(np.log(p).mean(axis=0), axis=1).flatten().tolist(),
    "votes": votes.flatten().tolist(),
    "vote": [int(np.lexsort((-p.mean(axis=0)[i], -votes[i].round(9)))[0]) for i in range(IMAGES)],
    "weighted_nll": nll(fitted.x),
    "greedy": [best[1].count(m) / len(best[1]) for m in range(MEMBERS)],
}, __import__("sys").stdout)
print()
