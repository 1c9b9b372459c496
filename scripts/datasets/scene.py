"""Puts a drawing into a scene: pose, colours, textures, clutter, something in front, light, blur, noise, JPEG.

What varies here is drawn without looking at the class, so that neither colour nor background nor quality tells it.
The arithmetic is float64 and is rounded to bytes, so that another processor's last bit of a sine all but never shows.
"""
import colorsys
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from geometry import bar, ellipse, smooth

SIDE = 64          # pixels of the finished picture
FINE = 3           # outlines are drawn this many times larger, then averaged down
GREY = np.array([0.299, 0.587, 0.114])
_Y, _X = (np.mgrid[0:SIDE, 0:SIDE] + 0.5) / SIDE


def draw(parts, r):
    """A JPEG file's bytes: `parts` (outline, role) in a random scene of the generator `r`."""
    ground = _colour(r)
    picture = _textured(r, ground, _colour(r), r.uniform(0.1, 0.5))
    picture = _clutter(picture, r, r.integers(2, 9))
    roles = _roles(parts, r)
    inks = _inks(r, ground)
    shadow = _shifted(roles > 0, r.integers(-3, 4, 2))
    picture *= 1 - r.uniform(0.0, 0.45) * shadow[..., None]
    for role, ink in inks.items():
        picture = _over(picture, _coverage(roles == role), _textured(r, ink, _colour(r), r.uniform(0.0, 0.4)))
    picture = _front(picture, r)
    return _jpeg(_camera(picture, r), r)


def _colour(r):
    return np.array(colorsys.hsv_to_rgb(r.random(), r.uniform(0.05, 0.85), r.uniform(0.15, 1.0)))


def _inks(r, ground):
    """Colours of the roles: a body that stands off the ground and a detail that stands off the body."""
    body = _unlike(r, ground, 0.28)
    return {1: body, 2: _unlike(r, body, 0.16), 3: _unlike(r, body, 0.3)}


def _unlike(r, other, distance):
    while True:
        colour = _colour(r)
        if np.abs(colour - other).mean() >= distance and abs((colour - other) @ GREY) >= distance / 2:
            return colour


def _textured(r, first, second, strength):
    """[SIDE, SIDE, 3]: two colours mixed by a random pattern."""
    kind = r.integers(0, 5)
    if kind == 0:                                        # clouds
        mix = _field(r, r.integers(3, 12))
    elif kind == 1:                                      # stripes
        mix = _wave(r, 3, 12) > r.uniform(-0.5, 0.5)
    elif kind == 2:                                      # spots or checks
        mix = _wave(r, 3, 9) * _wave(r, 3, 9) > r.uniform(0.0, 0.4)
    elif kind == 3:                                      # soft slope
        a = r.uniform(0, 2 * np.pi)
        mix = (_X - 0.5) * np.cos(a) + (_Y - 0.5) * np.sin(a) + 0.5
    else:                                                # grain
        mix = r.random((SIDE, SIDE))
    mix = strength * np.clip(mix + 0.25 * (_field(r, 8) - 0.5), 0, 1)[..., None]
    return first * (1 - mix) + second * mix


def _field(r, cells):
    grid = Image.fromarray(r.integers(0, 256, (cells, cells), dtype=np.uint8))
    return np.asarray(grid.resize((SIDE, SIDE), Image.BICUBIC), dtype=np.float64) / 255


def _wave(r, low, high):
    a, f = r.uniform(0, 2 * np.pi), r.uniform(low, high)
    return np.sin(2 * np.pi * f * (_X * np.cos(a) + _Y * np.sin(a)) + r.uniform(0, 2 * np.pi))


def _clutter(picture, r, count):
    """Scraps behind the drawing: blobs, bars, rings."""
    for _ in range(count):
        scrap = _scrap(r, r.uniform(0.08, 0.32))
        picture = _over(picture, _mask([scrap]) * r.uniform(0.3, 0.9), _colour(r))
    return picture


def _front(picture, r):
    """Up to two scraps in front, near the edge more often than over the middle."""
    for _ in range(r.integers(0, 3)):
        scrap = _scrap(r, r.uniform(0.08, 0.22))
        picture = _over(picture, _mask([scrap]), _textured(r, _colour(r), _colour(r), 0.5))
    return picture


def _scrap(r, size):
    x, y = r.uniform(-1, 1, 2)
    kind = r.integers(0, 4)
    if kind == 0:
        return ellipse(x, y, size, size * r.uniform(0.3, 1), r.uniform(0, 180))
    if kind == 1:
        dx, dy = r.normal(0, 2.2 * size, 2)
        return bar(x, y, x + dx, y + dy, r.uniform(0.04, 0.2), r.uniform(0.04, 0.2))
    a = np.sort(r.uniform(0, 2 * np.pi, r.integers(3, 7)))
    corners = np.stack([x + size * np.cos(a), y + size * np.sin(a)], axis=1)
    return corners if kind == 2 else smooth(*corners)


def _roles(parts, r):
    """[SIDE*FINE, SIDE*FINE] map of roles (0 = nothing) of the drawing in a random pose."""
    angle = r.normal(0, 0.4)
    size = r.uniform(0.62, 0.95)
    stretch = np.exp(r.normal(0, 0.12))
    shear = r.normal(0, 0.12)
    mirror = -1.0 if r.random() < 0.5 else 1.0
    c, s = np.cos(angle), np.sin(angle)
    pose = np.array([[c, -s], [s, c]]) @ np.array([[mirror * stretch, shear], [0, 1 / stretch]]) * size
    shift = r.uniform(-1, 1, 2) * (1.08 - size)
    wobble, pitch, phase = r.uniform(0, 0.07), r.uniform(2, 5), r.uniform(0, 6.3)
    canvas = Image.new("L", (SIDE * FINE, SIDE * FINE))
    pen = ImageDraw.Draw(canvas)
    for outline, role in parts:
        p = outline + wobble * np.sin(pitch * outline[:, ::-1] + phase)
        pen.polygon(_pixels(p @ pose.T + shift), fill=role)
    return np.asarray(canvas)


def _pixels(p):
    return [tuple(q) for q in np.rint((p + 1) / 2 * SIDE * FINE).astype(int).tolist()]


def _mask(outlines):
    canvas = Image.new("L", (SIDE * FINE, SIDE * FINE))
    for p in outlines:
        ImageDraw.Draw(canvas).polygon(_pixels(p), fill=1)
    return _coverage(np.asarray(canvas))


def _coverage(fine):
    return np.asarray(fine, dtype=np.float64).reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))


def _shifted(fine, pixels):
    return _coverage(np.roll(fine, tuple(int(d) * FINE for d in pixels), axis=(0, 1)))


def _over(picture, alpha, colour):
    return picture * (1 - alpha[..., None]) + colour * alpha[..., None]


def _camera(picture, r):
    """Light from one side, a cast, contrast, blur and sensor noise: a picture of bytes."""
    a = r.uniform(0, 2 * np.pi)
    light = 1 + r.uniform(0, 0.5) * ((_X - 0.5) * np.cos(a) + (_Y - 0.5) * np.sin(a)) * 2
    picture = picture * light[..., None] * r.uniform(0.8, 1.15, 3)
    level = picture.mean()
    picture = level + (picture - level) * r.uniform(0.7, 1.15) + r.uniform(-0.08, 0.08)
    soft = Image.fromarray(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    soft = soft.filter(ImageFilter.GaussianBlur(r.uniform(0, 0.9)))
    noisy = np.asarray(soft, dtype=np.float64) + r.normal(0, r.uniform(1, 10), (SIDE, SIDE, 3))
    return Image.fromarray(np.rint(np.clip(noisy, 0, 255)).astype(np.uint8))


def _jpeg(image, r):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=int(r.integers(50, 91)), optimize=True)
    return out.getvalue()
