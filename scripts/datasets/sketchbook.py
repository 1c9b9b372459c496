"""Draws the two small image-classification domains of this project.

    python3 scripts/datasets/sketchbook.py --domain source --out FOLDER      20 attic things, for pretraining
    python3 scripts/datasets/sketchbook.py --domain target --out FOLDER      8 sea creatures, the dataset that ships

Writes FOLDER/train/<class>/<index>.jpg and FOLDER/val/<class>/<index>.jpg and prints the dataset card (YAML).
Every picture has a generator of its own, keyed by (seed, domain, split, class, index): a larger set contains the smaller.
Needs numpy and Pillow. The same versions give the same bytes.
"""
import argparse
import hashlib
import pathlib
import platform
import sys

import numpy as np
import PIL
from PIL import features

import attic
import scene
import tidepool

DOMAINS = {"source": ("attic", attic.CLASSES, 500, 50), "target": ("tidepool", tidepool.CLASSES, 20, 40)}


def picture(seed, domain, split, name, index):
    """One JPEG file's bytes."""
    key = hashlib.sha256(f"{seed}/{domain}/{split}/{name}/{index}".encode()).digest()
    r = np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "big")))
    return scene.draw(DOMAINS[domain][1][name](r), r)


def generate(out, domain, seed, counts):
    """Writes the folder; returns the SHA-256 of its manifest, which is what `sha256sum` prints for the sorted files."""
    digests = {}
    for split, count in counts.items():
        for name in DOMAINS[domain][1]:
            folder = out / split / name
            folder.mkdir(parents=True)
            for index in range(count):
                data = picture(seed, domain, split, name, index)
                path = folder / f"{index:04d}.jpg"
                path.write_bytes(data)
                digests[path.relative_to(out).as_posix()] = hashlib.sha256(data).hexdigest()
    manifest = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    return hashlib.sha256(manifest.encode()).hexdigest()


def card(domain, seed, counts, manifest):
    name, classes = DOMAINS[domain][:2]
    sizes = f" --per-class {counts['train']} --val-per-class {counts['val']}"
    return f"""name: {name}
folder: {'datasets/tidepool' if domain == 'target' else 'none; the images are not shipped, the command draws them'}
kind: image classification, drawn by a program
image: JPEG, {scene.SIDE} x {scene.SIDE}, RGB
classes: [{', '.join(classes)}]
train: {counts['train'] * len(classes)}     # {counts['train']} a class
val: {counts['val'] * len(classes)}     # {counts['val']} a class
mirror: true     # a mirrored picture keeps its class
license: MIT
provenance:
  command: python3 scripts/datasets/sketchbook.py --domain {domain} --out FOLDER --seed {seed}{sizes}
  seed: {seed}
  python: {platform.python_version()}
  numpy: {np.__version__}
  pillow: {PIL.__version__}
  libjpeg-turbo: {features.version('libjpeg_turbo') or features.version('jpg')}
  # sha256 of what this prints: cd FOLDER && find . -name '*.jpg' -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum
  manifest-sha256: {manifest}
"""


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--domain", required=True, choices=DOMAINS)
    p.add_argument("--out", required=True, type=pathlib.Path, help="a folder that does not exist yet")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--per-class", type=int, help="training images a class (source 500, target 20)")
    p.add_argument("--val-per-class", type=int, help="validation images a class (source 50, target 40)")
    a = p.parse_args()
    train, val = DOMAINS[a.domain][2:]
    counts = {"train": train if a.per_class is None else a.per_class, "val": val if a.val_per_class is None else a.val_per_class}
    if min(counts.values()) < 1:
        sys.exit("error: a split needs at least 1 image a class")
    if a.out.exists():
        sys.exit(f"error: {a.out} exists already; name a new folder")
    print(card(a.domain, a.seed, counts, generate(a.out, a.domain, a.seed, counts)), end="")


if __name__ == "__main__":
    main()
