"""Goldens of the Images room: small files, the SHA-256 of the RGB pixels that Pillow makes of them, and of resizes.

Made by Debian's /usr/bin/python3 with Pillow 9.4.0 (libjpeg-turbo 2.1.5, zlib 1.2.13, libwebp 1.2.4):

    /usr/bin/python3 scripts/goldens/images.py [folder of hymenoptera]

Writes tests/FineTune.Tests/Goldens/Images: the files, pixels.tsv (file, width, height, orientation, hash), deviations.tsv (file,
greatest difference allowed, why, the right pixels in base64), resize.tsv (file, box, size, hash) and, given the folder, hymenoptera.tsv.
"""
import base64
import hashlib
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUT = Path(__file__).parents[2] / "tests/FineTune.Tests/Goldens/Images"
W, H = 24, 17
EXPECTED = {}  # where Pillow is not to be followed: name -> RGB array
TURNED = {}  # their orientation, where it is not 1
# Where the library that decodes gives other pixels: name -> (greatest difference, why).
ROUNDED = "5 and 6 bits become 8 by rounding to the nearest, Pillow rounds down; the format does not say"
UNDEFINED = "an index beyond the palette is black, in Pillow that grey; the format does not say"
SEE_THROUGH = "a transparent pixel is black, in Pillow the palette's colour; what lies under it is nobody's picture"
DEVIATIONS = {
    "bmp-16.bmp": (1, ROUNDED),
    "bmp-16-565.bmp": (1, ROUNDED),
    "bmp-8-index-beyond.bmp": (255, UNDEFINED),
    "png-palette8-index-beyond.png": (255, UNDEFINED),
    "bmp-rle8-jumps.bmp": (255, "a pixel that is jumped over is black, here index 0; the format does not say, Pillow refuses the file"),
}


def picture(w=W, h=H):
    """Smooth colours with an edge and a little noise: [h, w, 3] uint8."""
    y, x = np.mgrid[0:h, 0:w]
    rng = np.random.RandomState(7)
    rgb = np.stack([x * 255 / w, y * 255 / h, 128 + 90 * np.sin(x / 3.0) * np.cos(y / 4.0)], -1)
    rgb[(x > w // 2) & (y > h // 3)] += [60, -50, 40]
    return np.clip(rgb + rng.uniform(-12, 12, rgb.shape), 0, 255).astype(np.uint8)


def save(name, data):
    (OUT / name).write_bytes(data)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def decoded(source):
    with Image.open(source) as image:
        orientation = image.getexif().get(0x0112, 1)
        return orientation, np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def find_segment(jpeg, marker):
    at = 2
    while jpeg[at + 1] != marker:
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    return at


def without_segment(jpeg, marker):
    at = find_segment(jpeg, marker)
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


def adobe(jpeg, transform):
    return jpeg[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform]) + jpeg[2:]


def with_sampling(jpeg, marker, sampling):
    """Another sampling of the first component with as many blocks in all: a valid file of a shuffled picture."""
    at = find_segment(jpeg, marker) + 11
    return jpeg[:at] + bytes([sampling]) + jpeg[at + 1 :]


def exif(orientation, big=False, kind="H"):
    e = ">" if big else "<"
    head = (b"MM" if big else b"II") + struct.pack(e + "HI", 42, 8)
    code = {"H": 3, "I": 4}[kind]
    value = struct.pack(e + kind, orientation).ljust(4, b"\0")
    return b"Exif\0\0" + head + struct.pack(e + "H", 2) + struct.pack(e + "HHI", 0x0100, 4, 1) + b"\1\0\0\0" \
        + struct.pack(e + "HHI", 0x0112, code, 1) + value + b"\0\0\0\0"


def jpegs():
    rgb = Image.fromarray(picture())
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        save(f"jpeg-{name}.jpg", encoded(rgb, "JPEG", quality=85, subsampling=sampling))
        save(f"jpeg-{name}-progressive.jpg", encoded(rgb, "JPEG", quality=85, subsampling=sampling, progressive=True))
    square = Image.fromarray(picture(32, 32))
    save("jpeg-440.jpg", with_sampling(encoded(square, "JPEG", quality=85, subsampling=1), 0xC0, 0x12))
    save("jpeg-411.jpg", with_sampling(encoded(square, "JPEG", quality=85, subsampling=2), 0xC0, 0x41))
    save("jpeg-optimized-q30.jpg", encoded(rgb, "JPEG", quality=30, optimize=True))
    save("jpeg-grey.jpg", encoded(rgb.convert("L"), "JPEG", quality=85))
    save("jpeg-grey-progressive.jpg", encoded(rgb.convert("L"), "JPEG", quality=85, progressive=True))
    plain = encoded(rgb, "JPEG", quality=90, subsampling=0)
    save("jpeg-rgb-adobe.jpg", adobe(without_segment(plain, 0xE0), 0))
    cmyk = Image.merge("CMYK", [Image.fromarray(np.roll(picture(), 5 * i, 1)[..., i % 3]) for i in range(4)])
    inks = encoded(cmyk, "JPEG", quality=90)
    save("jpeg-cmyk-adobe.jpg", inks)
    bare = without_segment(inks, 0xEE)
    save("jpeg-cmyk-bare.jpg", bare)
    save("jpeg-ycck-adobe.jpg", adobe(bare, 2))
    save("jpeg-trailing-bytes.jpg", plain + b"trailing")
    save("jpeg-named.png", plain)
    for o in range(1, 9):
        save(f"exif-{o}.jpg", encoded(rgb, "JPEG", quality=85, exif=exif(o)))
    save("exif-big-endian-long-6.jpg", encoded(rgb, "JPEG", quality=85, exif=exif(6, big=True, kind="I")))
    save("exif-out-of-range-9.jpg", encoded(rgb, "JPEG", quality=85, exif=exif(9)))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, bits):
    """[h, w * channels] samples to rows of bytes."""
    if bits == 16:
        return [row.astype(">u2").tobytes() for row in samples]
    if bits == 8:
        return [row.astype(np.uint8).tobytes() for row in samples]
    rows = []
    for row in samples:
        as_bits = ((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8).ravel()
        rows.append(np.packbits(as_bits).tobytes())
    return rows


def png(samples, bits, colour, interlaced=False, extra=b""):
    """samples: [h, w, channels] integers."""
    h, w, c = samples.shape
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size:
            raw += b"".join(b"\0" + row for row in packed(part.reshape(part.shape[0], -1), bits))
    header = struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def pngs():
    rgb = picture().astype(int)
    grey = rgb[..., :1]
    alpha = rgb[..., 2:]
    wide = rgb * 257 - 100 * (rgb > 40)  # a low byte other than the high one
    for interlaced in (False, True):
        tail = "-interlaced.png" if interlaced else ".png"
        for bits in (1, 2, 4, 8):
            few = grey >> (8 - bits)
            save(f"png-grey{bits}{tail}", png(few, bits, 0, interlaced))
            count = 1 << bits
            colours = np.random.RandomState(bits).randint(0, 256, 3 * count).astype(np.uint8).tobytes()
            save(f"png-palette{bits}{tail}", png(few, bits, 3, interlaced, chunk(b"PLTE", colours)))
        save(f"png-rgb8{tail}", png(rgb, 8, 2, interlaced))
        save(f"png-rgb16{tail}", png(wide, 16, 2, interlaced))
        save(f"png-rgba8{tail}", png(np.concatenate([rgb, alpha], 2), 8, 6, interlaced))
        save(f"png-rgba16{tail}", png(np.concatenate([wide, wide[..., :1]], 2), 16, 6, interlaced))
        save(f"png-greyalpha8{tail}", png(np.concatenate([grey, alpha], 2), 8, 4, interlaced))
        save(f"png-greyalpha16{tail}", png(np.concatenate([wide[..., :1], wide[..., 1:2]], 2), 16, 4, interlaced))
        save(f"png-grey16{tail}", png(wide[..., :1], 16, 0, interlaced))
        EXPECTED[f"png-grey16{tail}"] = np.repeat(wide[..., :1] >> 8, 3, 2).astype(np.uint8)  # the high byte
    colours = np.random.RandomState(3).randint(0, 256, 48).astype(np.uint8).tobytes()
    save("png-palette8-index-beyond.png", png(grey, 8, 3, False, chunk(b"PLTE", colours)))
    save("png-palette4-trns.png", png(grey >> 4, 4, 3, False, chunk(b"PLTE", colours) + chunk(b"tRNS", bytes(range(0, 160, 10)))))
    save("png-grey8-trns.png", png(grey, 8, 0, False, chunk(b"tRNS", b"\0\x40")))
    save("png-rgb8-trns.png", png(rgb, 8, 2, False, chunk(b"tRNS", b"\0\x40\0\x40\0\x40")))
    save("png-rgb8-gamma-text.png", png(rgb, 8, 2, False, chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"tEXt", b"a\0b")))
    save("png-exif-6.png", png(rgb, 8, 2, False, chunk(b"eXIf", exif(6)[6:])))
    one = encoded(Image.fromarray(picture(1, 1)), "PNG")
    save("png-1x1.png", one)


def webps():
    rgb = Image.fromarray(picture())
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(picture()[..., 2]))
    save("webp-lossy.webp", encoded(rgb, "WEBP", quality=80))
    save("webp-lossless.webp", encoded(rgb, "WEBP", lossless=True))
    save("webp-lossy-alpha.webp", encoded(rgba, "WEBP", quality=80))
    save("webp-lossless-alpha.webp", encoded(rgba, "WEBP", lossless=True, exact=True))
    save("webp-exif-8.webp", encoded(rgb, "WEBP", lossless=True, exif=exif(8)))
    frames = [rgb, Image.fromarray(picture()[::-1].copy())]
    (OUT / "refused").mkdir(exist_ok=True)
    save("refused/animated.webp", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))


def bmp(rows, w, h, bits, compression=0, palette=b"", masks=b"", core=False, colours=0):
    """rows: the pixel data as stored."""
    if core:
        second = struct.pack("<IHHHH", 12, w, h, 1, bits)
    else:
        second = struct.pack("<IiiHHIIiiII", 40, w, h, 1, bits, compression, len(rows), 2835, 2835, colours, 0)
    offset = 14 + len(second) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + second + masks + palette + rows


def padded(rows):
    return b"".join(row + b"\0" * (-len(row) % 4) for row in rows)


def bmps():
    rgb = picture().astype(int)
    grey = rgb[..., 0]
    up = slice(None, None, -1)
    for bits in (1, 4, 8):
        few = grey >> (8 - bits)
        table = np.random.RandomState(bits + 10).randint(0, 256, (1 << bits, 4)).astype(np.uint8)
        save(f"bmp-{bits}.bmp", bmp(padded(packed(few[up], bits)), W, H, bits, palette=table.tobytes()))
        save(f"bmp-{bits}-core.bmp", bmp(padded(packed(few[up], bits)), W, H, bits, palette=table[:, :3].tobytes(), core=True))
    short = np.random.RandomState(11).randint(0, 256, (16, 4)).astype(np.uint8).tobytes()
    save("bmp-8-index-beyond.bmp", bmp(padded(packed(grey[up], 8)), W, H, 8, palette=short, colours=16))
    bgr = rgb[..., ::-1].reshape(H, -1)
    save("bmp-24.bmp", bmp(padded(packed(bgr[up], 8)), W, H, 24))
    save("bmp-24-top-down.bmp", bmp(padded(packed(bgr, 8)), W, -H, 24))
    bgrx = np.concatenate([rgb[..., ::-1], rgb[..., :1]], 2).reshape(H, -1)
    save("bmp-32.bmp", bmp(padded(packed(bgrx[up], 8)), W, H, 32))
    five = (rgb[..., 0] >> 3 << 10 | rgb[..., 1] >> 3 << 5 | rgb[..., 2] >> 3)[up]
    six = (rgb[..., 0] >> 3 << 11 | rgb[..., 1] >> 2 << 5 | rgb[..., 2] >> 3)[up]
    save("bmp-16.bmp", bmp(padded([r.astype("<u2").tobytes() for r in five]), W, H, 16))
    save("bmp-16-565.bmp", bmp(padded([r.astype("<u2").tobytes() for r in six]), W, H, 16, 3,
                               masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
    xbgr = (rgb[..., 0] << 24 | rgb[..., 1] << 16 | rgb[..., 2] << 8)[up]
    save("bmp-32-masks.bmp", bmp(padded([r.astype("<u4").tobytes() for r in xbgr]), W, H, 32, 3,
                                 masks=struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)))
    table = np.random.RandomState(5).randint(0, 256, (256, 4)).astype(np.uint8)
    coarse = grey[up] // 40
    runs, runs4 = b"", b""
    for row in coarse:
        for x in range(0, W, 6):  # a literal stretch of three, then single runs
            a = [int(v) for v in row[x : x + 6]]
            runs += bytes([0, 3, a[0], a[1], a[2], 0]) + b"".join(bytes([1, v]) for v in a[3:])
            runs4 += bytes([0, 3, a[0] << 4 | a[1], a[2] << 4, 3 if a[3] == a[5] else 2, a[3] << 4 | a[4]])
            runs4 += b"" if a[3] == a[5] else bytes([1, a[5] << 4])
        runs, runs4 = runs + b"\0\0", runs4 + b"\0\0"
    for bits, code, data in ((8, 1, runs), (4, 2, runs4)):
        name = f"bmp-rle{bits}.bmp"
        save(name, bmp(data + b"\0\1", W, H, bits, code, palette=table[: 1 << bits].tobytes()))
        EXPECTED[name] = table[coarse[up]][..., 2::-1]
    jumps = b"\x02\x01\0\0" + b"\0\2\3\1" + b"\x04\x02" + b"\0\1"  # two pixels, end of line, 3 right 1 up, four pixels, end
    index = np.zeros((4, 8), int)
    index[0, :2], index[2, 3:7] = 1, 2
    save("bmp-rle8-jumps.bmp", bmp(jumps, 8, 4, 8, 1, palette=table.tobytes()))
    EXPECTED["bmp-rle8-jumps.bmp"] = table[index[up]][..., 2::-1]


def gif_image(indices, interlaced=False):
    """An image block: the indices as LZW codes that never grow beyond their first size."""
    h, w = indices.shape
    if interlaced:
        rows = [*range(0, h, 8), *range(4, h, 8), *range(2, h, 4), *range(1, h, 2)]
        indices = indices[rows]
    bits, codes, size = 0, [], 0
    for k, value in enumerate(indices.ravel()):
        if k % 126 == 0:
            codes.append(256)  # clear, before the table asks for ten bits
        codes.append(int(value))
    codes.append(257)
    for code in codes:
        bits |= code << size
        size += 9
    data = bits.to_bytes((size + 7) // 8, "little")
    blocks = b"".join(bytes([len(data[k : k + 255])]) + data[k : k + 255] for k in range(0, len(data), 255))
    return bytes([8]) + blocks + b"\0"


def gif(frames, palette, w=W, h=H):
    """frames: (indices, left, top, interlaced, local palette or None, transparent index or None)."""
    out = b"GIF89a" + struct.pack("<HHBBB", w, h, 0xF7, 0, 0) + palette
    for indices, left, top, interlaced, local, transparent in frames:
        out += b"\x21\xF9\x04" + struct.pack("<BHB", 1 if transparent is not None else 0, 5, transparent or 0) + b"\0"
        flags = (0x40 if interlaced else 0) | (0x87 if local else 0)
        out += b"," + struct.pack("<HHHHB", left, top, indices.shape[1], indices.shape[0], flags) + (local or b"")
        out += gif_image(indices, interlaced)
    return out + b";"


def gifs():
    index = picture()[..., 0]
    table = np.random.RandomState(21).randint(0, 256, (256, 3)).astype(np.uint8).tobytes()
    other = np.random.RandomState(22).randint(0, 256, (256, 3)).astype(np.uint8).tobytes()
    save("gif-plain.gif", gif([(index, 0, 0, False, None, None)], table))
    save("gif-interlaced.gif", gif([(index, 0, 0, True, None, None)], table))
    save("gif-local-palette.gif", gif([(index, 0, 0, False, other, None)], table))
    save("gif-animated.gif", gif([(index, 0, 0, False, None, None), (index[::-1], 0, 0, False, None, None)], table))
    save("gif-transparent.gif", gif([(index, 0, 0, False, None, int(index[8, 12]))], table))
    save("gif-small-frame.gif", gif([(index[:9, :13], 5, 4, False, None, None)], table))
    DEVIATIONS["gif-transparent.gif"] = (255, SEE_THROUGH)
    DEVIATIONS["gif-small-frame.gif"] = (255, SEE_THROUGH)


def tiff(strip, w, h, bits, photometric, samples, order="<", extra=(), compression=1):
    """One strip behind its directory, for what Pillow does not write."""
    entries = [(256, 4, w), (257, 4, h), (258, 3, bits), (259, 3, compression), (262, 3, photometric), (277, 3, samples), (278, 4, h), (279, 4, len(strip)), *extra]
    entries.append((273, 4, 8 + 2 + 12 * (len(entries) + 1) + 4))
    body = b""
    for tag, kind, value in sorted(entries):
        packed_value = struct.pack(order + ("H" if kind == 3 else "I"), value)
        body += struct.pack(order + "HHI", tag, kind, 1) + packed_value + b"\0" * (4 - len(packed_value))
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", len(entries)) + body + b"\0\0\0\0" + strip


def tiffs():
    rgb = Image.fromarray(picture())
    grey = Image.fromarray(picture()[..., 0])
    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(f"tiff-rgb-{name.replace('tiff_', '')}.tif", encoded(rgb, "TIFF", compression=name))
    save("tiff-grey8.tif", encoded(grey, "TIFF"))
    save("tiff-palette.tif", encoded(rgb.quantize(16), "TIFF"))
    save("tiff-bilevel.tif", tiff(np.packbits(picture()[..., 0] > 128, axis=1).tobytes(), W, H, 1, 1, 1))
    save("refused/tiff-bilevel-without-bits.tif", encoded(grey.convert("1"), "TIFF"))  # ImageSharp does not know the tag's default
    save("tiff-rgba.tif", encoded(Image.merge("RGBA", [*rgb.split(), grey]), "TIFF"))
    save("tiff-two-pages.tif", encoded(rgb, "TIFF", save_all=True, append_images=[Image.fromarray(picture()[::-1].copy())]))
    wide = picture()[..., 0].astype(int) * 257 - 100 * (picture()[..., 0] > 40)
    for order, name in (("<", "little"), (">", "big")):
        strip = wide.astype(order + "u2").tobytes()
        save(f"tiff-grey16-{name}.tif", tiff(strip, W, H, 16, 1, 1, order))
        EXPECTED[f"tiff-grey16-{name}.tif"] = np.repeat((wide >> 8)[..., None], 3, 2).astype(np.uint8)  # the high byte
    save("tiff-orientation-6.tif", tiff(picture()[..., 0].tobytes(), W, H, 8, 1, 1, extra=[(274, 3, 6)]))
    EXPECTED["tiff-orientation-6.tif"] = np.repeat(np.rot90(picture()[..., :1], -1), 3, 2)  # Pillow 9.4 turns it twice
    TURNED["tiff-orientation-6.tif"] = 6


def tga(pixels, bits, kind, top_down=False, palette=b"", count=0, footer=True):
    head = struct.pack("<BBBHHBHHHHBB", 0, 1 if palette else 0, kind, 0, count, 24 if palette else 0, 0, 0, W, H, bits, (0x20 if top_down else 0) | (8 if bits == 32 else 0))
    return head + palette + pixels + (b"\0" * 8 + b"TRUEVISION-XFILE.\0" if footer else b"")


def tgas():
    rgb = Image.fromarray(picture())
    for rle in (False, True):
        tail = "-rle.tga" if rle else ".tga"
        options = {"compression": "tga_rle"} if rle else {}
        save(f"tga-24{tail}", encoded(rgb, "TGA", **options))
        save(f"tga-32{tail}", encoded(Image.merge("RGBA", [*rgb.split(), rgb.split()[0]]), "TGA", **options))
        save(f"tga-grey{tail}", encoded(rgb.convert("L"), "TGA", **options))
    bgr = picture()[..., ::-1]
    save("tga-24-top-down-no-footer.tga", tga(bgr.tobytes(), 24, 2, top_down=True, footer=False))
    save("tga-palette.tga", tga((picture()[::-1, :, 0] >> 4).tobytes(), 8, 1, palette=np.random.RandomState(9).randint(0, 256, 48).astype(np.uint8).tobytes(), count=16))


def pnms():
    rgb = picture()
    grey = rgb[..., 0]
    bit = (grey > 128).astype(np.uint8)
    text = lambda a: "\n".join(" ".join(str(int(v)) for v in row.ravel()) for row in a).encode() + b"\n"
    save("pnm-p1.pbm", b"P1\n# a comment\n%d %d\n" % (W, H) + text(bit))
    save("pnm-p2.pgm", b"P2\n%d %d\n255\n" % (W, H) + text(grey))
    save("pnm-p3.ppm", b"P3\n%d %d\n255\n" % (W, H) + text(rgb))
    save("pnm-p4.pbm", b"P4\n%d %d\n" % (W, H) + np.packbits(bit, axis=1).tobytes())
    save("pnm-p5.pgm", b"P5\n%d %d\n255\n" % (W, H) + grey.tobytes())
    save("pnm-p6.ppm", b"P6\n%d %d\n255\n" % (W, H) + rgb.tobytes())
    save("pnm-p6-comment.ppm", b"P6\n# a comment\n%d %d\n255\n" % (W, H) + rgb.tobytes())
    save("pnm-p5-max15.pgm", b"P5\n%d %d\n15\n" % (W, H) + (grey >> 4).tobytes())


def profiles():
    """A colour profile is not applied: one whose red and green are exchanged would show at once."""
    from PIL import ImageCms
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    for k in range(count):
        entry = 132 + 12 * k
        name = bytes(profile[entry : entry + 4])
        if name in (b"rXYZ", b"gXYZ"):
            profile[entry : entry + 4] = b"gXYZ" if name == b"rXYZ" else b"rXYZ"
    rgb = Image.fromarray(picture())
    save("png-profile.png", encoded(rgb, "PNG", icc_profile=bytes(profile)))
    save("jpeg-profile.jpg", encoded(rgb, "JPEG", quality=90, icc_profile=bytes(profile)))
    save("webp-profile.webp", encoded(rgb, "WEBP", lossless=True, icc_profile=bytes(profile)))


def resizes():
    lines = []
    save("photo.png", encoded(Image.fromarray(picture(67, 45)), "PNG"))
    whole = Image.open(OUT / "photo.png").convert("RGB")
    sizes = [(67, 45), (33, 22), (32, 20), (20, 45), (67, 11), (1, 1), (134, 90), (150, 47), (3, 100), (68, 44)]
    boxes = [None, (0, 0, 40, 30), (5, 7, 67, 45), (11.25, 3.5, 50.75, 44.9), (0.3, 0.6, 12.1, 9.9)]
    for box in boxes:
        for size in sizes:
            out = np.asarray(whole.resize(size, Image.BILINEAR, box=box))
            lines.append(("box", box or (0, 0, 67, 45), size, sha(out)))
            out = np.asarray(whole.resize(size, Image.BICUBIC, box=box))
            lines.append(("bicubic", box or (0, 0, 67, 45), size, sha(out)))
    for crop in [(0, 0, 40, 30), (5, 7, 67, 45), (30, 20, 37, 41), (66, 44, 67, 45)]:
        for size in sizes:
            lines.append(("crop", crop, size, sha(np.asarray(whole.crop(crop).resize(size, Image.BILINEAR)))))
    text = "".join("\t".join([kind, *(repr(float(v)) for v in box), str(w), str(h), digest]) + "\n" for kind, box, (w, h), digest in lines)
    save("resize.tsv", text.encode())


def pixels():
    lines = []
    for path in sorted(p for p in OUT.iterdir() if p.suffix in (".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tga", ".pbm", ".pgm", ".ppm")):
        orientation, array = (TURNED.get(path.name, 1), EXPECTED[path.name]) if path.name in EXPECTED else decoded(path)
        lines.append(f"{path.name}\t{array.shape[1]}\t{array.shape[0]}\t{orientation}\t{sha(array)}\n")
    save("pixels.tsv", "".join(lines).encode())
    deviations = []
    for name, (greatest, why) in sorted(DEVIATIONS.items()):
        right = EXPECTED[name] if name in EXPECTED else decoded(OUT / name)[1]
        deviations.append(f"{name}\t{greatest}\t{why}\t{base64.b64encode(np.ascontiguousarray(right).tobytes()).decode()}\n")
    save("deviations.tsv", "".join(deviations).encode())


def hymenoptera(folder):
    whole, small, lines = hashlib.sha256(), hashlib.sha256(), []
    for n, path in enumerate(sorted(folder.rglob("*.jpg"), key=lambda p: p.relative_to(folder).as_posix())):
        name = path.relative_to(folder).as_posix()
        _, array = decoded(path)
        h, w, _ = array.shape
        size = (256, int(256 * h / w)) if w <= h else (int(256 * w / h), 256)
        digest = sha(array)
        shrunk = sha(np.asarray(Image.fromarray(array).resize(size, Image.BILINEAR)))
        whole.update(bytes.fromhex(digest))
        small.update(bytes.fromhex(shrunk))
        if n % 20 == 0:
            lines.append(f"{name}\t{w}\t{h}\t{digest}\t{shrunk}\n")
    lines.insert(0, f"*\t{n + 1}\t0\t{whole.hexdigest()}\t{small.hexdigest()}\n")
    save("hymenoptera.tsv", "".join(lines).encode())


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    jpegs()
    pngs()
    webps()
    bmps()
    gifs()
    tiffs()
    tgas()
    pnms()
    profiles()
    pixels()
    resizes()
    if len(sys.argv) > 1:
        hymenoptera(Path(sys.argv[1]))
