"""A parent without authority learns on no page at which school the child is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from students.models import Enrolment
from tests.consent.family.test_answering_pages import text_of

pytestmark = pytest.mark.promise("P5")


def test_a_parent_without_authority_finds_the_school_of_the_child_on_no_page(asked, enter):
    cast = asked.cast
    addresses = [
        reverse("my_children"),
        reverse("my_data"),
        reverse("ask_filming"),
        reverse("picture_notice"),
        reverse("child_pictures", args=[cast.pupils["own"].pk]),
    ]

    def found(client) -> list[str]:
        pages = {address: text_of(client.get(address)) for address in addresses}
        told = [cast.school.name, cast.other_school.name]
        return [a for a, page in pages.items() if any(w in page.split("<main")[-1] for w in told)]

    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    assert reverse("ask_filming") in found(enter("parent"))
    assert found(enter("parent_without")) == []
