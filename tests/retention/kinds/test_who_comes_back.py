"""Who is back at school by any way has every kind of record again, which goes a second time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from access.acting import Job, acting_as
from audit.actions import record
from dossiers.models import Dossier, DossierPart
from retention import finishing
from retention.carrying_out import carry_out
from retention.models import DestructionList, EndedKind
from retention.queries import closing
from retention.terms import OF_PUPILS
from students import seen
from students.actions.enrolments import record_leaving, undo_leaving
from students.enrolment import Enrolled, tell_enrolled
from students.events import ACCOUNT_LINKED
from students.models import Enrolment, Pupil, PupilSourceKey
from tests.retention.lists.closing import HEAD
from tests.retention.lists.conftest import Lists
from tests.students.roster import imports
from tests.students.roster.files import edexml
from tests.students.roster.files import pupil as row_of
from vault.models import PartKey

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P9")]
NIGHT = Job("carry out lists")
LONG_AGO, LATELY = date(2021, 10, 20), date(2023, 11, 1)  # of LATELY, five years have not passed
PARTS = {"guidance", "medical", "agreements"}


def destroyed(cast, *, left: date, made_on: date) -> DestructionList:
    lists = Lists(cast)
    made = lists.make("own", left=left, on=made_on)
    for step in (lists.decide, lists.review, lists.approve):
        step(made, on=made_on + timedelta(days=1))
    made.refresh_from_db()
    assert carry_out(made=made, by=NIGHT, on=cast.today).failed == []
    made.refresh_from_db()
    return made


def stay(cast) -> Enrolment:
    return Enrolment.objects.get(pupil=cast.pupils["own"])


def returns(cast, ends_on: date | None = None, starts_on: date | None = None) -> None:
    """A new stay, perhaps with an end already, as a roster or the office writes it."""
    job, pupil, first = Job("roster"), cast.pupils["own"], starts_on or cast.today
    with acting_as(job, on=cast.today):
        Enrolment.objects.create(pupil=pupil, school=cast.school, starts_on=first, ends_on=ends_on)
        tell_enrolled([Enrolled(pupil.pk, cast.school.pk, first)])
        record(ACCOUNT_LINKED, by=job, subjects=[pupil.log_key])


def is_here_until_summer(cast) -> None:
    returns(cast, cast.today + timedelta(days=200))


def was_here_once_more_long_ago(cast) -> None:
    returns(cast, date(2009, 7, 1), date(2009, 1, 1))


def had_not_left(cast) -> None:
    by, before = cast.administrator, seen.of_enrolments(cast.pupils["own"])
    with acting_as(by, on=cast.today):
        undo_leaving(enrolment=stay(cast), seen_before=before, by=by, on=cast.today)


def leaves_later(cast) -> None:
    by, before = cast.administrator, seen.of_enrolments(cast.pupils["own"])
    last = cast.today + timedelta(days=30)
    with acting_as(by, on=cast.today):
        record_leaving(
            enrolment=stay(cast), last_day=last, seen_before=before, by=by, on=cast.today
        )


def leaves_later_by_a_roster(cast) -> None:
    pupil, key = cast.pupils["own"], "own-1"
    PupilSourceKey.objects.create(pupil=pupil, school=cast.school, system=imports.SOURCE, key=key)
    last = cast.today + timedelta(days=30)
    row = row_of(
        key, roepnaam=pupil.first_name, achternaam=pupil.surname, uitstroomdatum=last,
        geboortedatum=pupil.birth_date, instroomdatum="2010-08-01",
    )  # fmt: skip
    data = edexml([row], school="<schooljaar>2026-2027</schooljaar><brincode>99DA</brincode>")
    imports.run(cast.school, data, by=cast.administrator, on=cast.today)
    assert stay(cast).ends_on == last


@pytest.mark.parametrize(
    "way",
    [returns, is_here_until_summer, was_here_once_more_long_ago, had_not_left, leaves_later,
     leaves_later_by_a_roster],
)  # fmt: skip
def test_who_comes_back_by_any_way_has_an_empty_dossier_that_goes_again_until_the_list_closes(
    cast, settings, tmp_path, monkeypatch, way
):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    settings.LOG_HEADS = tmp_path / "heads"
    monkeypatch.setattr(finishing, "certificate_paper", lambda *a: b"%PDF-quick")
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    dossier = cast.dossier("own")
    destroyed(cast, left=LATELY, made_on=date(2026, 9, 20))
    ended = EndedKind.objects.filter(dossier_id=dossier.pk)
    assert ended.count() == len(OF_PUPILS) - 1
    assert not DossierPart.objects.filter(dossier=dossier).exists()
    with pytest.raises(DatabaseError, match="approved destruction list"), transaction.atomic():
        ended._raw_delete("default")

    way(cast)

    still_gone = set(ended.values_list("kind", flat=True))
    parts = DossierPart.objects.filter(dossier=dossier)
    assert parts.count() == 6
    assert PartKey.objects.filter(part_id__in=list(parts.values_list("pk", flat=True))).count() == 6
    assert not still_gone & PARTS
    assert not still_gone or way is was_here_once_more_long_ago, "nothing of these came since"
    made = destroyed(cast, left=LONG_AGO, made_on=date(2026, 10, 1))
    assert {one.kind for one in made.items.filter(outcome="destroyed")} >= PARTS
    assert not Pupil.objects.filter(pk=cast.pupils["own"].pk).exists()
    assert not Dossier.objects.filter(pk=dossier.pk).exists()
    assert not ended.exists()
    done = finishing.finish(made=made, by=NIGHT, on=cast.today)
    assert done.certificate is not None, done.waits_for
