"""Zip archives read strictly: what does not stand exactly as the format says is refused.

A file that is a zip archive and something else as well (a web page before it, a PDF behind it, a
second archive in a gap) is read differently by different programs. So the archive must begin at
the first byte, end at the last, and every byte in between must belong to one member. Members are
unpacked here with a bound on each and on all together; what comes out is packed anew.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from files import limits
from files.errors import Reason, Unwelcome

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_SIZES_FOLLOW = 0x8
_LONGEST_NAME = 240
_WHEN = (1980, 1, 1, 0, 0, 0)  # every member: when a file was saved is nobody's business


def members(data: bytes) -> dict[str, bytes]:
    """The members of the archive, unpacked, by name. Raises Unwelcome for anything odd."""
    infos = _directory(data)
    _fill_the_file(data, infos)
    budget = limits.UNPACKED_BYTES
    found: dict[str, bytes] = {}
    for info in infos:
        if info.is_dir():
            continue
        budget -= info.file_size
        if budget < 0 or info.file_size > limits.UNPACKED_MEMBER_BYTES or _is_bomb(info):
            raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
        found[info.filename] = _unpacked(data, info)
    return found


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    """The archive's own list, with the names checked, in the order in which the members stand."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, RuntimeError) as error:
        raise Unwelcome(Reason.UNREADABLE) from error
    if not infos or len(infos) > limits.MEMBERS:
        raise Unwelcome(Reason.UNPACKS_TOO_LARGE if infos else Reason.UNREADABLE)
    seen: set[str] = set()
    for info in infos:
        if info.flag_bits & _ENCRYPTED_FLAGS:
            raise Unwelcome(Reason.ENCRYPTED)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unwelcome(Reason.UNREADABLE)
        name = info.orig_filename
        if not _is_plain(name) or name != info.filename or name.lower() in seen:
            raise Unwelcome(Reason.UNREADABLE)
        seen.add(name.lower())
    return sorted(infos, key=lambda info: info.header_offset)


def _is_plain(name: str) -> bool:
    """Whether a member's name is a path inside the archive and nothing else."""
    steps = name.removesuffix("/").split("/")
    return (
        0 < len(name) <= _LONGEST_NAME
        and name.isprintable()
        and not set(name) & set('\\:"<>|')
        and not any(step in ("", ".", "..") for step in steps)
    )


def _fill_the_file(data: bytes, infos: list[zipfile.ZipInfo]) -> None:
    """The members and the directory follow one another from the first byte to the last."""
    end = len(data) - _END.size
    signature, *numbers = _END.unpack_from(data, end) if end >= 0 else (b"", 0)
    if signature != b"PK\x05\x06":  # also when something, or a comment, stands behind it
        raise Unwelcome(Reason.UNREADABLE)
    disk, first_disk, here, total, size, start, comment = numbers
    if (disk, first_disk, comment) != (0, 0, 0) or here != total or total != len(infos):
        raise Unwelcome(Reason.UNREADABLE)
    place = 0
    for info in infos:
        if info.header_offset != place:
            raise Unwelcome(Reason.UNREADABLE)
        place = _behind(data, info)
    if place != start or start + size != end:
        raise Unwelcome(Reason.UNREADABLE)


def _behind(data: bytes, info: zipfile.ZipInfo) -> int:
    """Where the member ends, by its own heading, which must agree with the directory."""
    content = _content_at(data, info)
    place = content + info.compress_size
    if not info.flag_bits & _SIZES_FOLLOW:
        return place
    sizes = (info.CRC, info.compress_size, info.file_size)
    for shape in ("<4s3L", "<3L", "<4sL2Q", "<L2Q"):  # the sizes, as various programs write them
        written = struct.pack(shape, *((b"PK\x07\x08",) if "s" in shape else ()), *sizes)
        if data.startswith(written, place):
            return place + len(written)
    raise Unwelcome(Reason.UNREADABLE)


def _content_at(data: bytes, info: zipfile.ZipInfo) -> int:
    """Where the member's bytes begin; its heading must say the same as the directory."""
    try:
        heading = _LOCAL.unpack_from(data, info.header_offset)
    except struct.error as error:
        raise Unwelcome(Reason.UNREADABLE) from error
    signature, _version, flags, method = heading[:4]
    name_length, extra_length = int(heading[9]), int(heading[10])
    start = info.header_offset + _LOCAL.size
    name = data[start : start + name_length]
    encoding = "utf-8" if flags & 0x800 else "cp437"
    if (
        signature != b"PK\x03\x04"
        or flags & _ENCRYPTED_FLAGS
        or method != info.compress_type
        or name != info.orig_filename.encode(encoding, "replace")
    ):
        raise Unwelcome(Reason.UNREADABLE)
    return start + name_length + extra_length


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return (
        info.file_size > limits.SMALL_MEMBER_BYTES
        and info.file_size > limits.UNPACK_RATIO * info.compress_size
    )


def _unpacked(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """The member's bytes: never more than the directory said, and with the sum it said."""
    start = _content_at(data, info)
    packed = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, info.file_size + 1)
        except zlib.error as error:
            raise Unwelcome(Reason.UNREADABLE) from error
        if not unpacker.eof or unpacker.unused_data:
            raise Unwelcome(
                Reason.UNPACKS_TOO_LARGE if len(content) > info.file_size else Reason.UNREADABLE
            )
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise Unwelcome(Reason.UNREADABLE)
    return content


def packed(content: Mapping[str, bytes], *, stored: frozenset[str] = frozenset()) -> bytes:
    """A new archive with these members in this order; `stored` ones are not made smaller."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, member in content.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.create_system = 0
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, member, compress_type=kind)
    return file.getvalue()
