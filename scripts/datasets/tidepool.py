"""The target domain: eight sea creatures. A class is a function of a generator that returns its parts, back to front:
(outline, role), role 1 = body, 2 = second colour, 3 = detail, 0 = a hole. Proportions vary; colours are not chosen here."""
import numpy as np

from geometry import arc, bar, curve, ellipse, polar, polygon, smooth, star, stroke


def _tentacle(r, x, y, angle, length, width, end=0.03):
    """A wavy, tapering arm that leaves (x, y) at an angle."""
    bend, phase = r.uniform(0.04, 0.16), r.uniform(0, 6.3)
    t = np.linspace(0, 1, 14)
    across = bend * np.sin(phase + t * r.uniform(3.5, 6.5)) - bend * np.sin(phase)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    line = np.stack([x + c * t * length - s * across, y + s * t * length + c * across], axis=1)
    return stroke(line, width, end)


def crab(r):
    w, h = r.uniform(0.42, 0.56), r.uniform(0.28, 0.38)
    parts = []
    for side in (-1, 1):
        for k in range(r.integers(3, 5)):
            y = -0.05 + 0.13 * k
            knee = (side * (w + r.uniform(0.14, 0.22)), y - r.uniform(0.0, 0.12) + 0.06 * k)
            foot = (side * (w + r.uniform(0.2, 0.36)), y + r.uniform(0.2, 0.34))
            parts.append((stroke(polygon((side * w * 0.7, y), knee, foot), 0.1, 0.04), 2))
        elbow = (side * (w + r.uniform(0.05, 0.2)), -r.uniform(0.3, 0.42))
        claw = (side * r.uniform(0.4, 0.62), -r.uniform(0.66, 0.8))
        parts.append((stroke(polygon((side * w * 0.7, -0.1), elbow, claw), 0.13, 0.1), 2))
        size, aim = r.uniform(0.19, 0.26), -90 - side * r.uniform(0, 50)
        parts.append((ellipse(*claw, size, size * 0.85, aim, 24, 336), 1))
        parts.append((polygon(claw, polar(aim - 22, size * 1.2, *claw), polar(aim + 22, size * 1.2, *claw)), 0))
    parts.append((ellipse(0, 0.05, w, h), 1))
    for side in (-1, 1):
        parts.append((bar(side * 0.14, -h * 0.7, side * 0.17, -h - 0.1, 0.05), 2))
        parts.append((ellipse(side * 0.17, -h - 0.12, 0.075), 3))
    return parts


def fish(r):
    h, tail, nose = r.uniform(0.26, 0.44), r.uniform(0.24, 0.4), r.uniform(-0.8, -0.65)
    parts = [(polygon((0.4, 0), (0.9, -tail), (r.uniform(0.66, 0.8), 0), (0.9, tail)), 2),
             (smooth((-0.2, -h * 0.8), (0.0, -h - r.uniform(0.12, 0.26)), (0.36, -h * 0.8), (0.2, 0)), 2),
             (smooth((-0.05, h * 0.8), (0.12, h + r.uniform(0.06, 0.2)), (0.3, h * 0.6), (0.1, 0)), 2),
             (smooth((nose, 0.02), (-0.35, -h * 0.9), (0.05, -h), (0.5, -0.08), (0.5, 0.08), (0.05, h), (-0.35, h * 0.85)), 1),
             (polygon((-0.1, 0.0), (0.16, r.uniform(0.0, 0.1)), (0.12, r.uniform(0.14, 0.24))), 2),
             (ellipse(nose + 0.2, -0.1, 0.07), 3)]
    return parts


def jellyfish(r):
    w, h = r.uniform(0.5, 0.68), r.uniform(0.5, 0.7)
    parts = []
    for x in np.linspace(-0.8, 0.8, r.integers(5, 9)) * w:
        parts.append((_tentacle(r, x, -0.1, 90 + r.uniform(-8, 8), r.uniform(0.7, 1.0), r.uniform(0.06, 0.1)), 2))
    parts.append((ellipse(0, -0.15, w, h, 0, 180, 360), 1))
    k = r.integers(4, 7)
    for x in (np.arange(k) + 0.5) / k * 2 - 1:
        parts.append((ellipse(x * w, -0.15, w / k, 0.1, 0, 0, 180, 10), 1))
    if r.random() < 0.5:
        parts.append((stroke(arc(0, -0.15, w * 0.6, h * 0.65, 200, 340), 0.07), 3))
    return parts


def octopus(r):
    w, h, drop = r.uniform(0.34, 0.46), r.uniform(0.4, 0.54), r.uniform(0.0, 0.12)
    parts = []
    for angle in np.linspace(-12, 192, r.integers(6, 9)):
        x, y = polar(angle, 0.2, 0, drop)
        parts.append((_tentacle(r, x, y, angle + r.uniform(-8, 8), r.uniform(0.62, 0.8), r.uniform(0.17, 0.23), 0.05), 1))
    parts.append((smooth((0, -h - 0.32), (w, -0.4), (w * 0.75, drop + 0.1), (0, drop + 0.22), (-w * 0.75, drop + 0.1), (-w, -0.4)), 1))
    for side in (-1, 1):
        parts.append((ellipse(side * w * 0.45, drop - 0.14, 0.1), 2))
        parts.append((ellipse(side * w * 0.45, drop - 0.13, 0.055), 3))
    return parts


def ray(r):
    w, nose, back = r.uniform(0.75, 0.95), -r.uniform(0.42, 0.6), r.uniform(0.2, 0.36)
    tip = r.uniform(-0.12, 0.12)
    bend = r.uniform(-0.3, 0.3)
    parts = [(stroke(curve((0, back - 0.15), (bend * 0.4, 0.55), (bend, 0.98)), 0.11, 0.03), 2),
             (smooth((0, nose), (0.35 * w, nose * 0.66), (w, tip), (0.45 * w, back * 0.7), (0.12, back),
                     (-0.12, back), (-0.45 * w, back * 0.7), (-w, tip), (-0.35 * w, nose * 0.66)), 1)]
    for side in (-1, 1):
        parts.append((ellipse(side * 0.13, nose * 0.55, 0.055), 3))
        if r.random() < 0.6:
            parts.append((ellipse(side * w * 0.45, tip * 0.5, 0.09, 0.07), 2))
    return parts


def seahorse(r):
    curl, belly = r.uniform(0.14, 0.22), r.uniform(0.3, 0.42)
    spine = curve((0.02, -0.62), (-0.06, -0.36), (0.1, -0.02), (0.08, 0.36), (-0.14, 0.6))
    a = np.radians(np.linspace(300, 760 + r.uniform(-40, 60), 22))
    shrink = np.linspace(1, 0.25, 22) * curl
    tail = np.stack([-0.16 - shrink * np.cos(a) * 0.9, 0.74 - shrink * np.sin(a)], axis=1)
    parts = [(smooth((0.15, -0.3), (0.46, r.uniform(-0.35, -0.15)), (0.44, 0.1), (0.15, 0.15)), 2),
             (stroke(tail, 0.15, 0.04), 1),
             (stroke(spine, 0.24, 0.16), 1),
             (ellipse(0.05, -0.02, belly * 0.6, belly), 1),
             (ellipse(0.0, -0.68, 0.21, 0.19), 1),
             (bar(-0.05, -0.66, -r.uniform(0.5, 0.62), -r.uniform(0.48, 0.62), 0.15, 0.1), 1)]
    for k in range(3):
        x, y = polar(-100 + 35 * k, 0.17, 0.0, -0.68)
        parts.append((bar(x, y, *polar(-100 + 35 * k, 0.36, 0.0, -0.68), 0.1, 0.02), 2))
    parts.append((ellipse(-0.05, -0.7, 0.055), 3))
    return parts


def starfish(r):
    turn, inner = r.uniform(0, 72), r.uniform(0.28, 0.4)
    points = []
    for k in range(5):
        length = r.uniform(0.76, 0.95)
        a = turn + 72 * k + r.uniform(-9, 9)
        points += [polar(a - 7, length), polar(a + 7, length), polar(a + 36, inner)]
    parts = [(smooth(*points, n=6), 1)]
    for k in range(5):
        parts.append((bar(0, 0, *polar(turn + 72 * k, r.uniform(0.4, 0.65)), 0.1, 0.04), 2))
    if r.random() < 0.5:
        parts.append((ellipse(0, 0, r.uniform(0.08, 0.15)), 3))
    return parts


def turtle(r):
    w, h = r.uniform(0.42, 0.52), r.uniform(0.5, 0.6)
    parts = []
    for side in (-1, 1):
        spread = r.uniform(-25, 15)
        parts.append((ellipse(side * (w + 0.14), -0.32, r.uniform(0.32, 0.42), 0.13, side * (spread - 10)), 1))
        parts.append((ellipse(side * (w * 0.8), 0.46, r.uniform(0.2, 0.28), 0.12, side * r.uniform(25, 65)), 1))
    parts.append((bar(0, h * 0.8, 0, h + 0.18, 0.14, 0.02), 1))
    parts.append((ellipse(r.uniform(-0.06, 0.06), -h - 0.16, 0.17, 0.22), 1))
    parts.append((ellipse(0, 0, w, h), 2))
    if r.random() < 0.7:
        parts.append((star(6, w * 0.7, w * 0.6, 30), 3))
        parts.append((star(6, w * 0.52, w * 0.44, 30), 2))
    return parts


CLASSES = {f.__name__: f for f in (crab, fish, jellyfish, octopus, ray, seahorse, starfish, turtle)}
