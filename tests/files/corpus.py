"""Files as people send them, and as nobody should: all made here, none kept."""

from __future__ import annotations

import io

from PIL import Image

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
