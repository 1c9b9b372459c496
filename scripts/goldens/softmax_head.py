"""Golden of the softmax head: the minimum of a 512-feature, 10-class, 1,000-sample multinomial logistic regression with L2.

Made with scipy 1.10.1, scikit-learn 1.2.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/softmax_head.py

The data are a function of SplitMix64 streams, exact in any language with doubles: see data(). SciPy minimises in double precision by
Newton's conjugate gradients in a trust region; scikit-learn must agree. Writes tests/FineTune.Tests/Goldens/SecondOrder/softmax_head.json:
loss, norms, the biases, every 19th weight, and the solution's products with two vectors.
"""
import json
import pathlib

import numpy as np
import scipy
import scipy.sparse.linalg
import sklearn
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/SecondOrder/softmax_head.json"
N, D, K, L2 = 1000, 512, 10, 1e-3


def uniform(seed, count):
    """`count` doubles in [0, 1): SplitMix64 started at the state `seed`."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def data():
    """Class i % 10: its prototype / 8 + noise, both uniform in [-1, 1)."""
    labels = np.arange(N) % K
    prototypes = 2 * uniform(1, K * D).reshape(K, D) - 1
    return 2 * uniform(2, N * D).reshape(N, D) - 1 + prototypes[labels] / 8, labels


def main():
    x, y = data()
    onehot = np.eye(K)[y]

    def probabilities(w):
        z = x @ w[: K * D].reshape(K, D).T + w[K * D :]
        z = z - z.max(1, keepdims=True)
        log = z - np.log(np.exp(z).sum(1, keepdims=True))
        return log, np.exp(log)

    def join(g, w):
        return np.concatenate([(g.T @ x + L2 * w[: K * D].reshape(K, D)).ravel(), g.sum(0)])

    def value(w):
        log, _ = probabilities(w)
        return -log[np.arange(N), y].mean() + L2 / 2 * (w[: K * D] ** 2).sum()

    def gradient(w):
        return join((probabilities(w)[1] - onehot) / N, w)

    def product(w, v):
        p = probabilities(w)[1]
        u = p * (x @ v[: K * D].reshape(K, D).T + v[K * D :])
        return join((u - p * u.sum(1, keepdims=True)) / N, v)

    found = minimize(value, np.zeros(K * (D + 1)), jac=gradient, hessp=product, method="trust-ncg", options={"gtol": 1e-11, "maxiter": 1000})
    w = found.x
    for _ in range(3):  # Newton's own steps take the last digits, where a trust region's decrease is lost in rounding
        w = w + scipy.sparse.linalg.cg(scipy.sparse.linalg.LinearOperator((w.size, w.size), lambda v: product(w, v)), -gradient(w), tol=1e-6)[0]
    norm = np.linalg.norm(gradient(w))
    assert norm < 1e-12, norm
    other = LogisticRegression(C=1 / (L2 * N), solver="newton-cg", tol=1e-10, max_iter=1000, multi_class="multinomial").fit(x, y)
    apart = np.linalg.norm(other.coef_.ravel() - w[: K * D]) / np.linalg.norm(w[: K * D])
    assert apart < 1e-6, apart
    directions = [2 * uniform(seed, w.size) - 1 for seed in (3, 4)]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({
        "made_by": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "n": N, "d": D, "classes": K, "l2": L2,
        "gradient_norm": norm, "scikit_learn_apart": apart,
        "loss": value(w), "norm": np.linalg.norm(w), "products": [float(w @ v) for v in directions],
        "biases": w[K * D :].tolist(), "every": 19, "weights": w[: K * D : 19].tolist(),
        "features": [x[0, 0], x[499, 255], x[999, 511]],
    }, indent=1) + "\n")
    print(f"gradient {norm:.2e}, scikit-learn {apart:.2e} apart, loss {value(w):.6f}, bias sum {w[K * D:].sum():.1e}")


if __name__ == "__main__":
    main()
