"""Pillow's side of scripts/bench/images.sh, and its table.

    /usr/bin/python3 scripts/bench/peers/images.py time FOLDER                        in turns, a step is all photographs of the folder
    /usr/bin/python3 scripts/bench/peers/images.py table GOLDENS FOLDER NAME COMMAND ...    each library's pixels beside Pillow's
"""
import base64
import io
import pathlib
import shlex
import subprocess
import sys
import time
import warnings

import numpy as np
from PIL import Image, ImageOps

KINDS = {"jpg": "JPEG", "png": "PNG", "webp": "WebP", "bmp": "BMP", "gif": "GIF", "tif": "TIFF", "tga": "TGA", "pbm": "PNM", "pgm": "PNM", "ppm": "PNM"}
warnings.simplefilter("ignore")


def pillow(path):
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def take_turns(folder):
    files = [p.read_bytes() for p in sorted(pathlib.Path(folder).rglob("*.jpg"))]
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            for data in files:
                np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
            seconds.append("%.6f" % (time.perf_counter() - start))
        print(*seconds, flush=True)


def compare(goldens, folder, *pairs):
    from stats import table

    groups = {}
    for path in sorted(pathlib.Path(goldens).iterdir()):
        if path.suffix[1:] in KINDS and path.stem != "photo":
            groups.setdefault(KINDS[path.suffix[1:]], []).append(path)
    groups["JPEG, photographs"] = sorted(pathlib.Path(folder).rglob("*.jpg"))
    rows = [("", "files", *pairs[::2])]
    processes = [subprocess.Popen(shlex.split(c), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in pairs[1::2]]
    for kind, paths in groups.items():
        cells = [[] for _ in processes]
        for path in paths:
            try:
                right = pillow(path)
            except Exception:  # Pillow refuses it
                right = None
            for k, process in enumerate(processes):
                process.stdin.write(f"{path}\n")
                process.stdin.flush()
                answer = process.stdout.readline().split()
                if answer[0] == "refused" or right is None:
                    cells[k].append("refused" if answer[0] == "refused" else "Pillow refuses")
                    continue
                shape = (int(answer[1]), int(answer[0]), 3)
                pixels = np.frombuffer(base64.b64decode(answer[2]), np.uint8).reshape(shape)
                cells[k].append(int(np.abs(pixels.astype(int) - right).max()) if shape == right.shape else "other size")
        rows.append((kind, len(paths), *(summary(c) for c in cells)))
    table(rows)


def summary(cells):
    numbers = [c for c in cells if isinstance(c, int)]
    if not numbers:
        return "not read"
    parts = [f"{numbers.count(0)} equal"]
    if max(numbers) > 0:
        parts.append(f"{len(numbers) - numbers.count(0)} by at most {max(numbers)}")
    parts += [f"{cells.count(word)} {word}" for word in ("refused", "Pillow refuses", "other size") if word in cells]
    return ", ".join(parts)


if __name__ == "__main__":
    {"time": take_turns, "table": compare}[sys.argv[1]](*sys.argv[2:])
