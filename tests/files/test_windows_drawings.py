"""Of drawings of Windows stays what draws, within its bounds; nothing else is taken along."""

import random
import struct

import pytest

from files.changes import Change
from files.pictures_within import clean_picture
from tests.files import windows_drawings as made
from tests.files.cleaning import cleaned
from tests.files.documents import office
from tests.files.windows_drawings import emf, emf_record, wmf, wmf_record

MARK = b"Zwaluwnest"
WIDE = MARK.decode().encode("utf-16-le")


def test_an_emf_keeps_what_it_draws_and_loses_what_it_tells_or_starts():
    draws = (made.PEN, made.SELECT, made.RECTANGLE, made.emf_words("Rekenen"), made.emf_bitmap())
    tells = (
        emf_record(70, struct.pack("<I", len(MARK)) + b"EMF+" + MARK),  # a newer drawing
        emf_record(106, struct.pack("<2I", 15, len(MARK)) + MARK),  # for a driver
        emf_record(113, struct.pack("<3I", 0, len(MARK), 0) + MARK),  # a colour profile's file
        emf_record(4711, MARK),
    )
    drawn = clean_picture(emf(*draws, *tells, description=f"Word\0{MARK.decode()}\0\0"))
    assert (drawn.media_type, drawn.is_lost) == ("image/x-emf", False)
    assert not [mark for mark in (MARK, WIDE) if mark in drawn.data]
    assert all(record in drawn.data for record in draws)
    assert int.from_bytes(drawn.data[48:52], "little") == len(drawn.data)
    assert int.from_bytes(drawn.data[52:56], "little") == len(draws) + 2
    assert clean_picture(drawn.data) == drawn


def test_a_wmf_keeps_what_it_draws_and_loses_what_it_starts():
    pen, select = wmf_record(0x02FA, bytes(10)), wmf_record(0x012D, bytes(2))
    words = wmf_record(0x0521, struct.pack("<H", 7) + b"Rekenen\0" + bytes(4))
    picture = wmf_record(0x0F43, bytes(22) + made.bitmap())
    draws = (pen, select, made.WMF_RECTANGLE, words, picture)
    escape = wmf_record(0x0626, struct.pack("<2H", 9, len(MARK)) + MARK)  # SETABORTPROC
    drawn = clean_picture(wmf(pen, select, escape, *draws[2:], wmf_record(0x4711, MARK)) + MARK)
    assert (drawn.media_type, drawn.is_lost) == ("image/x-wmf", False)
    assert MARK not in drawn.data
    assert drawn.data == wmf(*draws)[: len(drawn.data)].replace(
        struct.pack("<IH", 20, 0), struct.pack("<IH", max(map(len, draws)) // 2, 0), 1
    )


@pytest.mark.parametrize(
    "drawing",
    [
        emf(),  # nothing that draws
        emf(emf_record(70, b"EMF+" + MARK)),
        emf(made.RECTANGLE, end=False),
        emf(made.RECTANGLE)[:-21],
        emf(made.RECTANGLE + struct.pack("<2I", 43, 2**31)),
        emf(made.RECTANGLE, struct.pack("<2I", 43, 10) + bytes(2)),
        emf(made.RECTANGLE, struct.pack("<2I", 43, 12) + bytes(4)),  # too short
        emf(made.RECTANGLE, emf()),  # a second header
        emf(made.emf_line(3, points=2)),
        emf(made.emf_line(2**30)),
        emf(made.emf_words("abc", letters_at=500)),
        emf(made.emf_words("abc", letters_at=8)),
        emf(made.emf_words("abc", count=2**31)),
        emf(made.emf_bitmap(heading_at=2**31)),
        emf(made.emf_bitmap(size=2**20)),
        emf(made.emf_bitmap(size=4)),
        emf(made.emf_bitmap(wide=30_000, high=30_000, points=b"")),
        emf(made.emf_bitmap(how=4)),  # a JPEG, with all that may stand in one
        emf(made.emf_bitmap(how=1)),  # run lengths
        emf(made.PEN, made.RECTANGLE, handles=1),
        emf(emf_record(37, struct.pack("<I", 9)), made.RECTANGLE),
        emf(made.RECTANGLE, emf_record(7, made.BOUNDS + struct.pack("<3I", 1, 2, 9) + bytes(16))),
        emf(made.RECTANGLE, emf_record(75, struct.pack("<4I", 40, 5, 32, 1) + bytes(4))),
        emf(
            made.RECTANGLE, emf_record(118, made.BOUNDS + struct.pack("<3I", 1, 1, 0) + b"\7" * 24)
        ),
        wmf(made.WMF_RECTANGLE, end=False),
        wmf(made.WMF_RECTANGLE)[:40],
        wmf(made.WMF_RECTANGLE, words=8),
        wmf(made.WMF_RECTANGLE, struct.pack("<IH", 2**30, 0x041B)),
        wmf(made.WMF_RECTANGLE, struct.pack("<IH", 2, 0x041B)),
        wmf(wmf_record(0x041B, bytes(2))),
        wmf(wmf_record(0x0325, struct.pack("<H", 9) + bytes(4))),
        wmf(wmf_record(0x0538, struct.pack("<3H", 2, 9, 9) + bytes(4))),
        wmf(wmf_record(0x0521, struct.pack("<H", 99) + b"abc")),
        wmf(wmf_record(0x0A32, bytes(4) + struct.pack("<2H", 99, 0) + b"abc")),
        wmf(wmf_record(0x00F7, struct.pack("<2H", 0x300, 99))),
        wmf(wmf_record(0x0F43, bytes(22) + made.bitmap(points=b""))),
        wmf(wmf_record(0x06FF, bytes(40))),  # what is made has a number: none may be left out
    ],
)
def test_a_drawing_whose_numbers_do_not_fit_is_left_out(drawing):
    assert clean_picture(drawing).is_lost


@pytest.mark.parametrize("make", ["emf", "wmf"])
def test_a_drawing_broken_anywhere_is_cleaned_or_left_out(make):
    whole = (
        emf(made.PEN, made.SELECT, made.emf_words("Rekenen"), made.emf_line(), made.emf_bitmap())
        if make == "emf"
        else wmf(made.WMF_RECTANGLE, wmf_record(0x0F43, bytes(22) + made.bitmap()))
    )
    chance = random.Random(make)
    lost = 0
    for _ in range(800):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            broken[chance.randrange(len(broken))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
        lost += clean_picture(bytes(broken)).is_lost
    assert 0 < lost < 800


def test_a_drawing_that_is_left_out_of_a_document_is_told():
    def with_drawing(drawing: bytes) -> bytes:
        return office(
            rows=(("rId8", "image", "media/a.emf"),),
            more={"word/media/a.emf": drawing},
            types={"/word/media/a.emf": "image/x-emf"},
        )

    kept, _ = cleaned(with_drawing(emf(made.RECTANGLE)))
    assert Change.PICTURES_LEFT_OUT not in kept.changes
    left_out, everything = cleaned(with_drawing(emf(emf_record(70, b"EMF+" + MARK))))
    assert Change.PICTURES_LEFT_OUT in left_out.changes
    assert MARK not in everything
