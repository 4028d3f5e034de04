"""Draws a page as a picture, for the viewer. Runs inside the sandbox."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from files import kinds, pictures
from files.detection import file_type


def draw_picture(data: bytes, *, width: int) -> tuple[dict[str, Any], list[bytes]]:
    """A picture we keep, at most so many points wide, as WebP."""
    drawn: Image.Image = pictures.upright(pictures.opened(data, file_type(data)))
    if drawn.mode not in {"RGB", "RGBA"}:
        drawn = drawn.convert("RGBA" if "transparency" in drawn.info else "RGB")
    drawn.thumbnail((width, width * 4))
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=85, method=2)
    return {"media_type": kinds.WEBP.media_type}, [out.getvalue()]
