"""The source domain: twenty things from an attic. A class is a function of a generator that returns its parts, back to front:
(outline, role), role 1 = body, 2 = second colour, 3 = detail, 0 = a hole. Proportions vary; colours are not chosen here."""
import numpy as np

from geometry import arc, bar, curve, ellipse, polar, polygon, smooth, stroke


def anchor(r):
    w, y = r.uniform(0.5, 0.68), r.uniform(0.0, 0.12)
    parts = [(stroke(arc(0, y, w, 0.75, 10, 170), 0.17), 1), (bar(0, -0.6, 0, 0.82, 0.16), 1),
             (bar(-0.36, -0.42, 0.36, -0.42, 0.14), 2), (stroke(arc(0, -0.76, 0.15, 0.15, 0, 360), 0.09), 1)]
    for side in (-1, 1):
        x = side * w
        parts.append((polygon((x, y - 0.2), (x - 0.22, y + 0.18), (x + 0.2, y + 0.18)), 2))
    return parts


def bear(r):
    w, h = r.uniform(0.32, 0.44), r.uniform(0.36, 0.46)
    parts = []
    for side in (-1, 1):
        parts.append((ellipse(side * 0.28, -0.78, 0.15), 1))
        parts.append((ellipse(side * (w + 0.1), r.uniform(-0.1, 0.1), 0.28, 0.13, side * r.uniform(-40, 60)), 1))
        parts.append((ellipse(side * w * 0.8, 0.78, 0.2, 0.16), 1))
    parts += [(ellipse(0, 0.28, w, h), 1), (ellipse(0, 0.3, w * 0.6, h * 0.65), 2), (ellipse(0, -0.45, 0.37, 0.34), 1),
              (ellipse(0, -0.36, 0.17, 0.13), 2), (ellipse(0, -0.41, 0.06, 0.05), 3)]
    return parts + [(ellipse(side * 0.15, -0.55, 0.05), 3) for side in (-1, 1)]


def bell(r):
    w, top = r.uniform(0.56, 0.74), r.uniform(0.26, 0.36)
    return [(stroke(arc(0, -0.72, 0.14, 0.16, 0, 360), 0.08), 2), (ellipse(0, 0.62, 0.15), 3),
            (smooth((-top, -0.5), (0, -0.68), (top, -0.5), (top + 0.06, 0.0), (w, 0.5), (0, 0.56), (-w, 0.5), (-top - 0.06, 0.0)), 1),
            (bar(-w * 0.85, r.uniform(0.26, 0.4), w * 0.85, 0.36, 0.1), 2)]


def bottle(r):
    w, neck, shoulder = r.uniform(0.28, 0.4), r.uniform(0.09, 0.14), r.uniform(-0.4, -0.1)
    low = r.uniform(0.1, 0.3)
    return [(smooth((-neck, -0.7), (neck, -0.7), (neck, shoulder - 0.15), (w, shoulder + 0.2), (w, 0.6), (w * 0.9, 0.9),
                    (-w * 0.9, 0.9), (-w, 0.6), (-w, shoulder + 0.2), (-neck, shoulder - 0.15)), 1),
            (polygon((-neck - 0.05, -0.95), (neck + 0.05, -0.95), (neck + 0.03, -0.72), (-neck - 0.03, -0.72)), 3),
            (polygon((-w, low), (w, low), (w, low + 0.4), (-w, low + 0.4)), 2)]


def butterfly(r):
    up, low = r.uniform(0.42, 0.56), r.uniform(0.28, 0.4)
    parts = []
    for side in (-1, 1):
        parts.append((smooth((0, -0.1), (side * 0.35, -up - 0.25), (side * 0.85, -up), (side * 0.75, -0.05), (side * 0.3, 0.08)), 1))
        parts.append((smooth((0, 0.0), (side * 0.5, 0.08), (side * 0.62, low + 0.15), (side * 0.3, low + 0.4), (side * 0.08, 0.3)), 1))
        parts.append((ellipse(side * 0.52, -0.36, r.uniform(0.1, 0.17)), 2))
        parts.append((ellipse(side * 0.34, 0.36, r.uniform(0.07, 0.12)), 2))
        parts.append((stroke(curve((0, -0.35), (side * 0.12, -0.65), (side * r.uniform(0.2, 0.35), -0.82)), 0.05), 3))
    return parts + [(ellipse(0, 0.05, 0.09, 0.5), 3)]


def cactus(r):
    w = r.uniform(0.18, 0.26)
    parts = [(ellipse(0, 0.0, w, 0.9), 1)]
    for side in (-1, 1):
        y, reach, rise = r.uniform(-0.2, 0.25), r.uniform(0.46, 0.62), r.uniform(0.35, 0.6)
        parts.append((stroke(curve((0, y), (side * reach * 0.8, y), (side * reach, y - 0.2), (side * reach, y - rise)), 0.2), 1))
        parts.append((ellipse(side * reach, y - rise, 0.1), 1))
    return parts + [(polygon((-0.42, 0.5), (0.42, 0.5), (0.3, 0.95), (-0.3, 0.95)), 2),
                    (polygon((-0.47, 0.42), (0.47, 0.42), (0.47, 0.56), (-0.47, 0.56)), 3)]


def chair(r):
    w, seat, back = r.uniform(0.4, 0.52), r.uniform(0.05, 0.2), -r.uniform(0.75, 0.92)
    lean = r.uniform(0.05, 0.2)
    parts = [(bar(-w, seat, -w - lean, back, 0.13), 1), (bar(w, seat, w, 0.9, 0.12), 1), (bar(-w, seat, -w, 0.9, 0.12), 1),
             (bar(-w * 0.55, seat, -w * 0.5, 0.78, 0.09), 3), (bar(w * 0.6, seat, w * 0.6, 0.78, 0.09), 3)]
    parts.append((polygon((-w - 0.08, seat - 0.09), (w + 0.1, seat - 0.09), (w + 0.1, seat + 0.1), (-w - 0.08, seat + 0.1)), 2))
    if r.random() < 0.6:
        parts.append((bar(-w * 0.9, back + 0.3, w * 0.1, seat - 0.1, 0.09), 1))
    return parts


def comb(r):
    n, depth = r.integers(7, 11), r.uniform(0.55, 0.75)
    parts = [(polygon((-0.9, -0.45), (0.9, -0.45), (0.9, -0.12), (-0.9, -0.12)), 1),
             (ellipse(0, -0.44, 0.9, r.uniform(0.05, 0.2), 0, 180, 360), 1)]
    for x in np.linspace(-0.82, 0.82, n):
        parts.append((bar(x, -0.15, x, -0.15 + depth, 0.11, 0.06), 1))
    return parts + [(bar(-0.7, -0.3, 0.7, -0.3, 0.07), 2)]


def duck(r):
    x, y = r.uniform(-0.5, -0.38), r.uniform(-0.55, -0.42)
    return [(smooth((-0.7, 0.2), (-0.35, 0.05), (0.2, 0.1), (0.85, -r.uniform(0.1, 0.3)), (0.7, 0.5), (0.1, 0.72), (-0.55, 0.6)), 1),
            (bar(x, y, -0.35, 0.25, 0.3, 0.4), 1), (polygon((x - 0.2, y - 0.1), (x - 0.5, y + 0.04), (x - 0.2, y + 0.14)), 3),
            (ellipse(x, y, 0.29), 1), (ellipse(x - 0.1, y - 0.07, 0.06), 3),
            (smooth((-0.15, 0.28), (0.3, 0.2), (0.5, 0.3), (0.25, 0.52)), 2)]


def gear(r):
    n, root, turn = r.integers(7, 12), r.uniform(0.6, 0.7), r.uniform(0, 60)
    parts = [(bar(*polar(turn + a, 0.4), *polar(turn + a, 0.92), 0.26, 0.18), 1) for a in np.arange(n) * 360 / n]
    parts += [(ellipse(0, 0, root), 1), (ellipse(0, 0, root * 0.62), 2)]
    return parts + [(ellipse(0, 0, r.uniform(0.16, 0.28)), 0)]


def guitar(r):
    low, waist = r.uniform(0.36, 0.46), r.uniform(0.2, 0.27)
    return [(bar(0, 0.1, 0, -0.82, 0.13), 2), (polygon((-0.12, -0.95), (0.12, -0.95), (0.09, -0.72), (-0.09, -0.72)), 3),
            (smooth((0, -0.12), (low * 0.75, -0.02), (waist, 0.28), (low, 0.62), (0, 0.93), (-low, 0.62), (-waist, 0.28), (-low * 0.75, -0.02)), 1),
            (ellipse(0, 0.32, r.uniform(0.1, 0.14)), 3), (bar(-0.16, 0.68, 0.16, 0.68, 0.08), 2)]


def hammer(r):
    w = r.uniform(0.44, 0.6)
    return [(bar(0, -0.5, 0, 0.92, 0.15, 0.2), 2),
            (polygon((-w, -0.8), (0.2, -0.8), (w, -r.uniform(0.6, 0.75)), (w + 0.1, -0.5), (0.2, -0.5), (-w, -0.45)), 1),
            (bar(-w, -0.9, -w, -0.36, 0.16), 3)]


def key(r):
    ring, teeth = r.uniform(0.24, 0.36), r.integers(2, 4)
    parts = [(bar(0, -0.4, 0, 0.9, 0.14), 1), (stroke(arc(0, -0.58, ring, ring, 0, 360, 28), 0.16), 1),
             (bar(-0.12, -0.2, 0.12, -0.2, 0.08), 2)]
    for k in range(teeth):
        y = 0.82 - 0.2 * k
        parts.append((bar(0, y, r.uniform(0.26, 0.42), y, 0.12), 2))
    return parts


def kite(r):
    w, mid = r.uniform(0.46, 0.62), r.uniform(-0.45, -0.3)
    tail = curve((0, 0.3), (r.uniform(-0.3, 0.3), 0.5), (r.uniform(-0.3, 0.3), 0.75), (r.uniform(-0.4, 0.4), 0.95))
    parts = [(stroke(tail, 0.05), 3), (polygon((0, -0.92), (w, mid), (0, 0.35), (-w, mid)), 1),
             (polygon((0, -0.92), (w, mid), (0, mid)), 2), (polygon((0, 0.35), (-w, mid), (0, mid)), 2)]
    for k in (10, 17):
        x, y = tail[k]
        parts.append((polygon((x - 0.16, y - 0.09), (x, y), (x - 0.16, y + 0.09)), 2))
        parts.append((polygon((x + 0.16, y - 0.09), (x, y), (x + 0.16, y + 0.09)), 2))
    return parts


def lamp(r):
    top, low, y = r.uniform(0.22, 0.36), r.uniform(0.52, 0.68), r.uniform(-0.2, -0.02)
    return [(bar(0, y - 0.1, 0, 0.8, 0.12), 3), (ellipse(0, 0.45, r.uniform(0.14, 0.28), 0.25), 2),
            (ellipse(0, 0.86, r.uniform(0.32, 0.45), 0.12), 2),
            (polygon((-top, -0.85), (top, -0.85), (low, y), (-low, y)), 1)]


def mug(r):
    w, h, grip = r.uniform(0.38, 0.5), r.uniform(0.5, 0.64), r.uniform(0.24, 0.34)
    return [(stroke(arc(w, 0.02, grip, h * 0.6, -90, 90), 0.14), 1),
            (polygon((-w, -h), (w, -h), (w * 0.92, h), (-w * 0.92, h)), 1),
            (ellipse(0, h, w * 0.92, 0.1), 1), (ellipse(0, -h, w, 0.13), 3),
            (polygon((-w, -0.12), (w, -0.12), (w, r.uniform(0.1, 0.3)), (-w, r.uniform(0.1, 0.3))), 2)]


def sailboat(r):
    mast, deck = r.uniform(-0.1, 0.15), r.uniform(0.35, 0.45)
    return [(bar(mast, deck, mast, -0.95, 0.08), 3),
            (polygon((mast + 0.06, -0.9), (mast + 0.08, deck - 0.1), (0.75, deck - 0.1)), 1),
            (polygon((mast - 0.06, -r.uniform(0.6, 0.85)), (mast - 0.08, deck - 0.1), (-0.6, deck - 0.1)), 2),
            (polygon((-0.8, deck), (0.85, deck), (0.55, 0.85), (-0.55, 0.85)), 1)]


def scissors(r):
    open_, ring = r.uniform(12, 30), r.uniform(0.18, 0.25)
    parts = []
    for side in (-1, 1):
        parts.append((bar(*polar(90 + side * open_ * 0.9, 0.6, 0, -0.05), *polar(-90 + side * open_ * 0.9, 0.9, 0, -0.05), 0.17, 0.05), 1))
        x, y = polar(90 + side * (open_ + 4), 0.68, 0, -0.05)
        parts.append((stroke(arc(x, y, ring, ring * 1.15, 0, 360, 24), 0.11), 2))
    return parts + [(ellipse(0, -0.05, 0.07), 3)]


def spectacles(r):
    ring, gap = r.uniform(0.28, 0.36), r.uniform(0.42, 0.5)
    tall = ring * r.uniform(0.75, 1.1)
    parts = [(stroke(arc(0, -0.03, gap - ring + 0.06, 0.1, 180, 360), 0.08), 1)]
    for side in (-1, 1):
        parts.append((ellipse(side * gap, 0, ring, tall), 2))
        parts.append((stroke(arc(side * gap, 0, ring, tall, 0, 360, 28), 0.11), 1))
        parts.append((bar(side * (gap + ring), -0.05, side * 0.97, -r.uniform(0.2, 0.5), 0.08), 1))
    return parts


def umbrella(r):
    w, h, k = r.uniform(0.72, 0.9), r.uniform(0.55, 0.75), r.integers(3, 6)
    parts = [(bar(0, -h - 0.25, 0, 0.65, 0.09), 3), (stroke(arc(0.16, 0.65, 0.16, 0.2, 0, 180), 0.09), 3),
             (ellipse(0, -0.1, w, h, 0, 180, 360), 1)]
    for i in range(k):
        x = ((i + 0.5) / k * 2 - 1) * w
        parts.append((ellipse(x, -0.08, w / k, 0.12, 0, 180, 360, 10), 0))
    for i in range(1, k):
        parts.append((bar(0, -h - 0.08, (i / k * 2 - 1) * w, -0.12, 0.06), 2))
    return parts


CLASSES = {f.__name__: f for f in (anchor, bear, bell, bottle, butterfly, cactus, chair, comb, duck, gear, guitar, hammer, key,
                                   kite, lamp, mug, sailboat, scissors, spectacles, umbrella)}
