"""Files as people send them, and as nobody should: all made here, none kept."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image, PngImagePlugin

PLACE = {1: "N", 2: (52.0, 22.0, 12.0), 3: "E", 4: (4.0, 53.0, 42.0)}


def drawn(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """Yellow at the top left, blue elsewhere: which way up it is can be seen."""
    image = Image.new("RGB", size, "navy")
    image.paste((250, 200, 0), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def picture(shape: str = "JPEG", size: tuple[int, int] = (120, 80), **settings) -> bytes:
    """A small picture with something on it."""
    out = io.BytesIO()
    drawn(size).save(out, shape, **settings)
    return out.getvalue()


def exif(mark: str, *, orientation: int = 1) -> Image.Exif:
    """Who made it, with what, where."""
    hidden = Image.Exif()
    hidden[0x0112] = orientation
    hidden[0x010F] = mark  # make
    hidden[0x013B] = mark  # artist
    hidden.get_ifd(0x8825).update(PLACE)
    return hidden


def photograph(mark: str, shape: str = "JPEG", *, orientation: int = 1, **settings) -> bytes:
    """A picture as a phone makes it: with the place, the maker and the device in it."""
    return picture(shape, exif=exif(mark, orientation=orientation), **settings)


def heic(mark: str, *, orientation: int = 1) -> bytes:
    """As iPhones make them."""
    pillow_heif.register_heif_opener()
    return photograph(mark, "HEIF", orientation=orientation)


def png_with_words(mark: str) -> bytes:
    """PNG keeps words of its own, beside the EXIF data."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", mark)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{mark}</x>")
    return photograph(mark, "PNG", pnginfo=words)


def jpeg_with_everything(mark: str) -> bytes:
    """EXIF, XMP, a comment, a profile, something of Photoshop's, and a file behind the end."""
    hidden = photograph(mark, xmp=f"<x>{mark}</x>".encode(), comment=mark)
    photoshop = b"Photoshop 3.0\x008BIM" + mark.encode()
    segment = b"\xff\xed" + (len(photoshop) + 2).to_bytes(2) + photoshop
    return hidden[:2] + segment + hidden[2:] + zip_file(mark)


def swapped_profile() -> bytes:
    """A colour profile like sRGB, in which red and blue have changed places."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack("!i", round(value * 65536)) for value in values)

    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    white = (0.9642, 1.0, 0.8249)
    places = {b"rXYZ": blue, b"gXYZ": green, b"bXYZ": red, b"wtpt": white}
    tags = {name: b"XYZ \0\0\0\0" + fixed(*place) for name, place in places.items()}
    curve = b"curv\0\0\0\0" + struct.pack("!IH", 1, round(2.2 * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack("!I", 2) + b"a\0" + bytes(78)
    table, body = struct.pack("!I", len(tags)), b""
    for name, tag in tags.items():
        table += name + struct.pack("!II", 132 + 12 * len(tags) + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    head = struct.pack("!I4sI", 128 + len(table) + len(body), b"lcms", 0x02100000)
    head += b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + fixed(*white)
    return head.ljust(128, b"\0") + table + body


def two_in_one(mark: str) -> bytes:
    """Phones keep a second picture behind the first, with its own place and maker."""
    return picture(xmp=b"<x/>") + photograph(mark)


def restless_jpeg(mark: str) -> bytes:
    """Progressive, with marks to restart from: many pieces of a scan."""
    return photograph(mark, progressive=True, restart_marker_rows=1, size=(640, 480))


def jpeg_2000(mark: str) -> bytes:
    """With a box of XML, as programs add it."""
    xml = b"xml " + f"<place>{mark}</place>".encode()
    return picture("JPEG2000") + (len(xml) + 4).to_bytes(4) + xml


def zip_file(mark: str) -> bytes:
    """A zip with one program in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("run.exe", f"MZ {mark}")
    return out.getvalue()


def animation(shape: str) -> bytes:
    """Two pictures, of which the second is red."""
    out = io.BytesIO()
    second = Image.new("RGB", (120, 80), "red")
    drawn().save(out, shape, save_all=True, append_images=[second], duration=100)
    return out.getvalue()


def scan(pages: int, mode: str = "1", **settings) -> bytes:
    """A TIFF as a scanner or fax makes it."""
    out = io.BytesIO()
    sheets = [drawn((1240, 1754), mode) for _ in range(pages)]
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], **settings)
    return out.getvalue()


def huge_png(side: int = 30_000) -> bytes:
    """A picture of a few kilobytes that would fill the memory."""
    head = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = bytes(3 * side + 1)
    points = b"".join(packer.compress(rows) for _ in range(40)) + packer.flush()
    chunks = [(b"IHDR", head), (b"IDAT", points), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
        for name, data in chunks
    )


def huge_jpeg() -> bytes:
    """The same in a JPEG: the header alone says it."""
    whole = picture()
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack("!HH", 30_000, 30_000) + whole[at + 4 :]


def truncated_jpeg() -> bytes:
    """Half of a picture that was never sent whole."""
    whole = picture(size=(800, 600))
    return whole[: len(whole) // 2]


SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"""
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF_THAT_IS_HTML = b"<html><script>alert(1)</script>%PDF-1.7\n1 0 obj"
GIF_THAT_IS_SCRIPT = b"GIF89a=1;alert(1)//" + bytes(200)

WEB_PAGES: dict[str, bytes] = {
    "an SVG with a script": SVG,
    "an SVG without a head": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "HTML": HTML,
    "HTML that holds a picture": HTML + b"<!--" + b"\x89PNG" + b"-->",
}
# Refused whatever the name says.
NOT_ACCEPTED: dict[str, bytes] = {
    "HTML that holds a PDF": PDF_THAT_IS_HTML,
    "a PDF behind something else": b"\n\n" + b"MZ" + b"%PDF-1.7\n%%EOF",
    "a JPEG behind HTML": HTML + picture(),
    "a program for Windows": b"MZ\x90\0" + bytes(60) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200),
    "a program for Linux": b"\x7fELF\x02\x01\x01" + bytes(200),
    "a bitmap": picture("BMP"),
    "an icon": picture("ICO"),
    "bytes without meaning": bytes(range(256)) * 20,
    "a film": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(200),
    "a sound": b"ID3\x04\0\0\0\0\0\0" + bytes(200),
    "a script for a shell": b"#!/bin/sh\nrm -rf /\n" + bytes(3),
}
