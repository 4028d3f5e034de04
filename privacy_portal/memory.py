"""Large buffers go back to the system as soon as they are let go of.

glibc raises by itself, up to 32 MB, the size from which a buffer stands apart. After one upload of
25 MB the next ones would come out of the heap of each thread, which keeps its holes. Measured with
ten uploads at once: 250 to 290 MB above rest, growing with each round; apart from 1 MiB on: 110 to
125 MB, and back near rest afterwards.
"""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h; setting it ends its growth
_APART_FROM = 1024 * 1024  # bytes


def give_large_buffers_back() -> bool:
    """Sets it for this process; False where the C library has no such setting."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_MMAP_THRESHOLD, _APART_FROM))
