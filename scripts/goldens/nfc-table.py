#!/usr/bin/env python3
"""Writes src/FineTune/Text/nfc.txt: what names need to be composed (Unicode's NFC), which .NET lacks in invariant mode; and
tests/FineTune.Tests/Goldens/nfc.tsv, texts and their composed forms by Python.

A line `C 0300 0314 230` gives the canonical combining class of a range of code points; a line `00E9 0065 0301` what a code
point decomposes into; one that is not composed again (a singleton, or an exclusion of Unicode's) ends in `!`. Hangul is
arithmetic and not in the table.

    python3 scripts/goldens/nfc-table.py
"""
import pathlib
import random
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEQUENCES = 1500


def table(print):
    print(f"# Unicode {unicodedata.unidata_version}, by scripts/goldens/nfc-table.py")
    begin, last = None, 0
    for code in range(0x110000 + 1):
        combining = unicodedata.combining(chr(code)) if code < 0x110000 else 0
        if combining != last:
            if last:
                print(f"C {begin:04X} {code - 1:04X} {last}")
            begin, last = code, combining
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code))
        if not parts or parts.startswith("<"):
            continue
        whole = "".join(chr(int(p, 16)) for p in parts.split())
        composed = unicodedata.normalize("NFC", whole) == chr(code)
        print(f"{code:04X} {parts}" + ("" if composed else " !"))


def goldens(print):
    """Every code point that decomposes, alone and decomposed; and sequences of such parts and marks, drawn at random."""
    codes = [c for c in range(0x110000) if unicodedata.decomposition(chr(c)) and not unicodedata.decomposition(chr(c)).startswith("<")]
    texts = [chr(c) for c in codes] + [unicodedata.normalize("NFD", chr(c)) for c in codes[::3] + list(range(0xAC00, 0xD7A4, 97))]
    parts = sorted({p for c in codes[:1200] for p in unicodedata.normalize("NFD", chr(c))} | set("\u1100\u1161\u11a8\u1175\uac00\uac01"))
    draw = random.Random(1)
    texts += ["".join(draw.choices(parts, k=draw.randint(2, 6))) for _ in range(SEQUENCES)]
    for text in texts:
        print("\t".join(" ".join(f"{ord(c):04X}" for c in t) for t in (text, unicodedata.normalize("NFC", text))))


def write(path, lines):
    with open(ROOT / path, "w", encoding="ascii") as file:
        lines(lambda line: file.write(line + "\n"))


if __name__ == "__main__":
    write("src/FineTune/Text/nfc.txt", table)
    write("tests/FineTune.Tests/Goldens/nfc.tsv", goldens)
