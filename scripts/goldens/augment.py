"""Goldens of the Augment and Data rooms: what torchvision makes of PIL images, given the same numbers.

Made with torchvision 0.14.1, torch 1.13.1, Pillow 9.4.0, numpy 1.24.2 (Debian 12), by

    /usr/bin/python3 scripts/goldens/augment.py

Writes tests/FineTune.Tests/Goldens/Augment/:
  cases.json   each case's name, width, height and offset into pixels.bin; sampled means of RandomResizedCrop
  pixels.bin   [height, width, 3] bytes of each case, one after another
  normal.bin   [3, 16, 16] float32 of the case 'levels' after ToTensor and Normalize
  photo.jpg, stray.gif   small files for folders
"""
import json
import math
import pathlib

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/FineTune.Tests/Goldens/Augment"
SAMPLES = 40000
cases, pixels = [], bytearray()


def case(name, image):
    data = np.asarray(image, dtype=np.uint8)
    cases.append({"name": name, "width": data.shape[1], "height": data.shape[0], "offset": len(pixels)})
    pixels.extend(data.tobytes())


def source(width, height, seed):
    """Noise over gradients, with some greys, blacks and whites: every branch of the HSV conversion."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], axis=-1)
    noisy = rng.integers(0, 256, (height, width, 3))
    data = np.where((x + 2 * y)[..., None] % 3 == 0, smooth, noisy).astype(np.uint8)
    data[:2] = data[:2, :, :1]
    data[2, : width // 2] = 0
    data[2, width // 2 :] = 255
    return Image.fromarray(data)


def sampled(width, height):
    """Mean and standard deviation of the area's part, log ratio, and relative place of torchvision's boxes."""
    image = Image.new("RGB", (width, height))
    rows = []
    for _ in range(SAMPLES):
        top, left, h, w = T.RandomResizedCrop.get_params(image, [0.08, 1.0], [3 / 4, 4 / 3])
        rows.append((w * h / (width * height), math.log(w / h), (left + w / 2) / width, (top + h / 2) / height))
    rows = np.array(rows)
    return {"width": width, "height": height, "samples": SAMPLES, "mean": rows.mean(0).tolist(), "std": rows.std(0).tolist()}


torch.manual_seed(0)
image = source(37, 29, 1)
case("source", image)
for size in (23, 24, 25, 26, 32, 50):
    case(f"center_crop {size}", T.CenterCrop(size)(image))
case("flip", F.hflip(image))
for factor in (0.0, 0.35, 0.6, 1.0, 1.27, 1.4, 2.5):
    case(f"brightness {factor}", F.adjust_brightness(image, factor))
    case(f"contrast {factor}", F.adjust_contrast(image, factor))
    case(f"saturation {factor}", F.adjust_saturation(image, factor))
for turns in (-0.5, -0.1, -0.033, 0.0, 0.07, 0.25, 0.5):
    case(f"hue {turns}", F.adjust_hue(image, turns))
for top, left in ((0, 0), (3, 8), (8, 1)):
    case(f"padded_crop {left} {top}", F.crop(F.pad(image, 4, fill=7), top, left, 29, 29))
for left, top, w, h in ((0, 0, 37, 29), (5, 3, 20, 20), (10, 2, 9, 25), (1, 20, 36, 7), (30, 22, 2, 1)):
    case(f"resized_crop {left} {top} {w} {h}", F.resized_crop(image, top, left, h, w, [20, 20]))
for size in (16, 29, 45):
    case(f"resize {size}", T.Resize(size)(image))
    case(f"resize_turned {size}", T.Resize(size)(image.transpose(Image.Transpose.ROTATE_90)))
case("source_turned", image.transpose(Image.Transpose.ROTATE_90))
case("resize_exact 11 53", T.Resize((11, 53))(image))

levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
levels = np.stack([levels, levels[::-1], levels.T], axis=-1)
case("levels", levels)
normal = T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])(T.ToTensor()(np.ascontiguousarray(levels)))

OUT.mkdir(parents=True, exist_ok=True)
(OUT / "pixels.bin").write_bytes(pixels)
(OUT / "normal.bin").write_bytes(normal.numpy().astype("<f4").tobytes())
boxes = [sampled(w, h) for w, h in ((500, 375), (96, 96), (300, 90), (40, 260))]
(OUT / "cases.json").write_text(json.dumps({"cases": cases, "boxes": boxes}, indent=1) + "\n")
image.save(OUT / "photo.jpg", quality=90)
image.convert("P").save(OUT / "stray.gif")
