"""Pictures inside documents: nothing but what one sees, and no document lost over one of them."""

import io

import pytest
from PIL import Image

from files.pictures_within import clean_picture


@pytest.mark.parametrize(
    "within",
    [
        '<style><g/>@import "http://192.0.2.1/a.css"</style>',
        "<style>a{}<title/>b{fill:url(http://192.0.2.1/a)}</style>",
        '<g xml:base="http://192.0.2.1/"><use href="#a"/></g>',
        '<rect style="fill:u\\72l(http://192.0.2.1/a)"/>',
    ],
)
def test_a_drawing_fetches_nothing_however_it_says_it(within: str) -> None:
    drawn = clean_picture(f'<svg xmlns="http://www.w3.org/2000/svg">{within}</svg>'.encode())
    assert drawn.media_type == "image/svg+xml"
    assert b"192.0.2.1" not in drawn.data


def test_a_photo_of_a_phone_that_keeps_two_pictures_in_one_stays() -> None:
    noise, file = Image.effect_noise((40, 30), 50).convert("RGB"), io.BytesIO()
    noise.save(file, "MPO", save_all=True, append_images=[noise])
    drawn = clean_picture(file.getvalue())
    assert (drawn.media_type, drawn.is_lost) == ("image/jpeg", False)
    assert len(drawn.data) < len(file.getvalue())
