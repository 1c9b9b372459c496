"""Goldens of principal axes, by NumPy's singular value decomposition.

Made with numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/principal_axes.py

Writes tests/FineTune.Tests/Goldens/Diagnose/principal_axes.json:
  cases  of more points than dimensions, and of fewer: points [n, d], rounded so that float32 holds them exactly; places [n, 3], the sign of an
         axis such that its largest absolute value is positive; shares [3] of the variance
"""
import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Diagnose/principal_axes.json"
AXES = 3


def case(n, d, rng):
    points = (rng.normal(size=(n, d)) * rng.uniform(0.2, 3, size=d) + rng.normal(size=d)).astype(np.float16).astype(float)
    centred = points - points.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    places = (u * s)[:, :AXES]
    places *= np.sign(places[np.abs(places).argmax(0), range(AXES)])
    return {"points": points.tolist(), "places": places.tolist(), "shares": (s**2 / (s**2).sum())[:AXES].tolist()}


rng = np.random.default_rng(0)
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"cases": [case(12, 5, rng), case(6, 20, rng)]}) + "\n")
