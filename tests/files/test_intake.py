"""From bytes nobody knows to a file that may be kept."""

import io

import pytest
from PIL import Image

from files import limits
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from tests.files import corpus


@pytest.mark.parametrize(("shape", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_taken_in_with_a_thumbnail(shape, media_type):
    clean = take_in(corpus.picture(shape, (1200, 800)), name="zwemmen.dat")
    assert (clean.kind, clean.media_type, clean.pages) == (Kind.PICTURE, media_type, 1)
    assert clean.name == f"zwemmen.dat.{clean.extension}"
    assert Image.open(io.BytesIO(clean.data)).size == (1200, 800)
    assert Image.open(io.BytesIO(clean.thumbnail)).size == (320, 213)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", Reason.EMPTY), (b"\xff\xd8\xff" + bytes(limits.FILE_BYTES), Reason.TOO_LARGE)],
)
def test_nothing_and_too_much_are_refused(data, reason):
    with pytest.raises(Unwelcome) as refused:
        take_in(data, name="a.jpg")
    assert refused.value.reason is reason
    assert "25 MB" in refused.value.sentence or reason is Reason.EMPTY
