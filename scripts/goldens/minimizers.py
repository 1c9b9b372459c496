"""Goldens of the minimisers: how much work SciPy's need for the same functions, to a gradient norm of 1e-8.

Made with scipy 1.10.1, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/minimizers.py

Writes tests/FineTune.Tests/Goldens/SecondOrder/minimizers.json: of each function and method SciPy's iterations and gradients.
The quadratic: 10 eigenvalues from 1 to 1e4 in geometric steps, turned by the Householder reflection of u_i = i + 1, from
x_i = i - 3.5. Rosenbrock's function from (-1.2, 1).
"""
import json
import pathlib

import numpy as np
from scipy import optimize

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/SecondOrder/minimizers.json"
TOLERANCE = 1e-8


class Reached(Exception):
    pass


def work(f, gradient, hessian, start, method, **options):
    """Counts the gradients until one of an iterate is at most TOLERANCE."""
    gradients = iterations = 0

    def counted(x):
        nonlocal gradients
        gradients += 1
        return gradient(x)

    def ended(x, *_):
        nonlocal iterations
        iterations += 1
        if np.linalg.norm(gradient(x)) <= TOLERANCE:
            raise Reached

    try:
        found = optimize.minimize(f, start, jac=counted, hess=hessian if method == "Newton-CG" else None, method=method, callback=ended, options=options)
        raise SystemExit(f"{method} ends at a gradient of {np.linalg.norm(gradient(found.x)):.1e}: {found.message}")
    except Reached:
        return {"iterations": iterations, "gradients": gradients}


def main():
    u = np.arange(1.0, 11)
    q = np.eye(10) - 2 * np.outer(u, u) / (u @ u)
    h = q @ np.diag(1e4 ** (np.arange(10) / 9)) @ q
    functions = {
        "quadratic": (lambda x: x @ h @ x / 2, lambda x: h @ x, lambda x: h, np.arange(10) - 3.5),
        "rosenbrock": (optimize.rosen, optimize.rosen_der, optimize.rosen_hess, np.array([-1.2, 1])),
    }
    methods = {
        "lbfgs": ("L-BFGS-B", {"maxcor": 10, "ftol": 0, "gtol": 0, "maxiter": 5000, "maxfun": 50000}),
        "bfgs": ("BFGS", {"gtol": 0, "maxiter": 5000}),
        "newton-cg": ("Newton-CG", {"xtol": 1e-100, "maxiter": 5000}),
    }
    found = {name: {ours: work(*f, theirs, **options) for ours, (theirs, options) in methods.items()} for name, f in functions.items()}
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    print(OUT.read_text())


main()
