#!/usr/bin/env python3
"""Writes src/FineTune/Text/nfc.txt: what names need to be composed (Unicode's NFC), which .NET lacks in invariant mode.

A line `C 0300 0314 230` gives the canonical combining class of a range of code points; a line `00E9 0065 0301` what a code
point decomposes into; one that is not composed again (a singleton, or an exclusion of Unicode's) ends in `!`. Hangul is
arithmetic and not in the table.

    python3 scripts/goldens/nfc-table.py > src/FineTune/Text/nfc.txt
"""
import sys
import unicodedata


def main():
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


if __name__ == "__main__":
    sys.exit(main())
