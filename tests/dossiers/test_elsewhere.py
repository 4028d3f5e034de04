"""What the school keeps about a pupil in other systems: listed, added, ended."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere, end_record_elsewhere
from dossiers.models import OtherSystemRecord

WHAT = Elsewhere("System-marker", "Kind-marker", "Custodian-marker", "Term-marker")


def add(cast, person: str, what: Elsewhere = WHAT) -> OtherSystemRecord:
    user = cast.people[person]
    with acting_as(user, on=cast.today):
        return add_record_elsewhere(dossier=cast.dossier("own"), what=what, by=user, on=cast.today)


def address(cast) -> str:
    return reverse("elsewhere", args=[cast.dossier("own").pk])


@pytest.mark.promise("P1")
@pytest.mark.parametrize(
    ("person", "ground"),
    [("counsellor", "assignment"), ("director", "custodian"), ("administrator", "administration")],
)
def test_counsellor_director_and_administrator_keep_the_list(cast, person, ground):
    kept = add(cast, person)
    row = LogEntry.objects.get(event="record-elsewhere-added")
    assert (row.ground, row.subjects) == (ground, [cast.pupils["own"].log_key])
    user = cast.people[person]
    with acting_as(user, on=cast.today):
        end_record_elsewhere(kept=kept, by=user, on=cast.today)
        with pytest.raises(Refused):
            end_record_elsewhere(kept=kept, by=user, on=cast.today)
    assert LogEntry.objects.filter(event="record-elsewhere-ended").count() == 1


@pytest.mark.promise("P2")
@pytest.mark.parametrize("person", ["other_counsellor", "foreign_counsellor", "other_director"])
def test_nobody_else_does(cast, sign_in, person):
    add(cast, "counsellor")
    with pytest.raises(NotAllowed):
        add(cast, person)
    response = sign_in(cast.people[person]).get(address(cast))
    assert response.status_code == 404
    assert "marker" not in response.content.decode()


@pytest.mark.parametrize("person", ["counsellor", "director", "administrator"])
def test_nobody_keeps_the_list_of_an_own_child(cast, sign_in, person):
    kept = add(cast, "coordinator")
    cast.add_parent(person, "own")
    user, end = cast.people[person], reverse("end_elsewhere", args=[kept.dossier_id, kept.pk])
    with pytest.raises(NotAllowed):
        add(cast, person)
    with acting_as(user, on=cast.today), pytest.raises(NotAllowed):
        end_record_elsewhere(kept=kept, by=user, on=cast.today)
    client = sign_in(user)
    html = client.get(address(cast)).content.decode()
    assert "This is your own child" in html
    assert 'name="custodian"' not in html
    assert end not in html
    assert client.get(end).status_code == 403


def test_a_citizen_service_number_is_refused(cast):
    with pytest.raises(Refused):
        add(cast, "counsellor", Elsewhere("ParnasSys", "bsn 111222333", "office", "1 year"))


def test_the_page_lists_adds_and_ends(cast, sign_in):
    client = sign_in(cast.administrator)
    assert 'class="empty"' in client.get(address(cast)).content.decode()
    typed = {"system": "ParnasSys", "kind": "results", "custodian": "office", "term": "5 years"}
    wrong = client.post(address(cast), typed | {"term": ""})
    assert "ParnasSys" in wrong.content.decode()
    assert client.post(address(cast), typed).status_code == 302
    kept = OtherSystemRecord.objects.get()
    end = reverse("end_elsewhere", args=[cast.dossier("own").pk, kept.pk])
    assert "ParnasSys" in client.get(end).content.decode()
    assert OtherSystemRecord.objects.filter(ended_at__isnull=True).exists()
    assert client.post(end).status_code == 302
    assert client.get(end).status_code == 404
    html = client.get(address(cast)).content.decode()
    assert html.index("<details class") < html.index("ParnasSys")


def test_it_stands_beside_the_dossier(cast, sign_in):
    add(cast, "administrator")
    html = sign_in(cast.counsellor).get(reverse("dossier", args=[cast.dossier("own").pk]))
    assert "System-marker" in html.content.decode()
    assert address(cast) in html.content.decode()


def test_the_administration_comes_to_it_from_the_pupil(cast, sign_in):
    client = sign_in(cast.administrator)
    page = reverse("school_pupil", args=[cast.pupils["own"].pk])
    link = reverse("elsewhere_of_pupil", args=[cast.pupils["own"].pk])
    assert link in client.get(page).content.decode()
    assert client.get(link).headers["Location"] == address(cast)
    foreign = reverse("elsewhere_of_pupil", args=[cast.pupils["foreign"].pk])
    assert client.get(foreign).status_code == 404
    officer = sign_in(cast.board_officer).get(page).content.decode()
    assert link not in officer
