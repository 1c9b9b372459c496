"""Outlines in the unit square [-1, 1] x [-1, 1], y downwards: every function returns an [N, 2] array of corners."""
import numpy as np


def polygon(*corners):
    return np.array(corners, dtype=np.float64)


def ellipse(x, y, rx, ry=None, tilt=0.0, start=0.0, stop=360.0, n=32):
    """An ellipse, or the slice of one between two angles (degrees, 0 = right, 90 = down), closed by its chord."""
    ry = rx if ry is None else ry
    a = np.radians(np.linspace(start, stop, n))
    px, py = rx * np.cos(a), ry * np.sin(a)
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    return np.stack([x + c * px - s * py, y + s * px + c * py], axis=1)


def arc(x, y, rx, ry, start, stop, n=20):
    """The open line along an ellipse, to be given to `stroke`."""
    return ellipse(x, y, rx, ry, 0.0, start, stop, n)


def curve(*corners, n=8):
    """A smooth open line through the corners (Catmull-Rom), n points a span."""
    p = np.array(corners, dtype=np.float64)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, n, endpoint=False)[:, None]
    spans = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:]):
        spans.append(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    return np.concatenate(spans + [p[-2:-1]])


def smooth(*corners, n=8):
    """A smooth closed outline through the corners."""
    p = np.array(corners, dtype=np.float64)
    k = len(p)
    line = curve(*np.concatenate([p[-2:], p, p[:3]]), n=n)
    return line[2 * n:(2 + k) * n]


def stroke(line, width, end=None):
    """A line given a width; it tapers (or swells) towards `end`."""
    line = np.asarray(line, dtype=np.float64)
    end = width if end is None else end
    d = np.gradient(line, axis=0)
    d /= np.maximum(np.sqrt((d * d).sum(axis=1, keepdims=True)), 1e-9)
    side = np.stack([-d[:, 1], d[:, 0]], axis=1) * np.linspace(width, end, len(line))[:, None] / 2
    return np.concatenate([line + side, (line - side)[::-1]])


def bar(x0, y0, x1, y1, width, end=None):
    """A straight stroke."""
    return stroke(polygon((x0, y0), (x1, y1)), width, end)


def star(points, outer, inner, turn=0.0, x=0.0, y=0.0):
    a = np.radians(turn) + np.arange(2 * points) * np.pi / points
    radius = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([x + radius * np.cos(a), y + radius * np.sin(a)], axis=1)


def polar(angle, radius, x=0.0, y=0.0):
    """The point at an angle (degrees) and a distance from (x, y)."""
    return x + radius * np.cos(np.radians(angle)), y + radius * np.sin(np.radians(angle))
