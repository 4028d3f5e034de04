"""Files as people send them, and as nobody should: all made here, none kept."""

from __future__ import annotations

import io

from PIL import Image


def picture(shape: str = "JPEG", size: tuple[int, int] = (120, 80), **settings) -> bytes:
    """A small picture with something on it."""
    out = io.BytesIO()
    drawn = Image.new("RGB", size, "navy")
    drawn.paste((250, 200, 0), (0, 0, size[0] // 2, size[1] // 2))
    drawn.save(out, shape, **settings)
    return out.getvalue()
