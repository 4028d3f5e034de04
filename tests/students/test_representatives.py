"""Representatives on the pages: recorded with the court's decision, shown, ended."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from students.models import Representative


def _seen(client, address: str) -> str:
    return re.search(r'name="seen" value="([0-9a-f]*)"', client.get(address).content.decode())[1]


def _send(client, address: str, **data):
    return client.post(address, {"seen": _seen(client, address), **data})


VOOGD = {
    "kind": "voogd",
    "name": "Demo Gecertificeerd",
    "institution": "Demo Jeugdhulp",
    "court_decision": "C/01/234",
    "starts_on": "2026-09-01",
}


@pytest.mark.promise("P5")
def test_a_representative_is_added_shown_and_ended_by_form(cast, sign_in):
    client = sign_in(cast.administrator)
    pupil = reverse("school_pupil", args=[cast.pupils["own"].pk])
    page = _send(client, reverse("add_representative", args=[cast.pupils["own"].pk]), **VOOGD)
    assert (page.status_code, page["Location"]) == (302, pupil)
    shown = client.get(pupil).content.decode()
    for value in ("Demo Gecertificeerd", "Demo Jeugdhulp", "C/01/234"):
        assert value in shown
    row = Representative.objects.get(name="Demo Gecertificeerd")
    page = _send(client, reverse("end_representative", args=[row.pk]), last_day="2026-11-16")
    assert page.status_code == 302
    row.refresh_from_db()
    assert row.ends_on.isoformat() == "2026-11-16"


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    "wrong", [{"court_decision": ""}, {"name": ""}, {"ends_on": "2026-08-01"}, {"kind": "ots"}]
)
def test_without_a_decision_or_with_odd_days_nobody_represents(cast, sign_in, wrong):
    client = sign_in(cast.administrator)
    address = reverse("add_representative", args=[cast.pupils["own"].pk])
    page = _send(client, address, **VOOGD | wrong)
    assert page.status_code == 200
    assert 'class="error' in page.content.decode() or "has-error" in page.content.decode()
    assert not Representative.objects.filter(name="Demo Gecertificeerd").exists()
