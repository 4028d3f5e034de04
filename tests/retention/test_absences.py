"""A roster says who is missing: from then on the days count, until the pupil is there again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention.models import Absence
from retention.queries import gone_without_a_date
from students.models import Enrolment, Pupil
from tests.students.roster import imports
from tests.students.roster.test_import_pupils import file, pupil


@pytest.mark.promise("P9")
def test_who_is_missing_from_an_applied_roster_is_absent_until_a_roster_has_them_again(cast):
    """Also when somebody answered that the pupil is still here; not when a leaving date came."""

    def run(*keys: str, on) -> None:
        data = file(*(pupil(key, roepnaam=f"Bram{key}") for key in keys))
        imports.run(cast.school, data, by=cast.administrator, on=on)

    def asked(on) -> list[str]:
        rows = gone_without_a_date(Enrolment.objects.filter(ends_on=None), on=on)
        return sorted(row.pupil.first_name for row in rows)

    first = cast.today
    run("p1", "p2", "p3", on=first)
    assert not Absence.objects.exists()
    run("p1", on=first)
    run("p1", "p4", on=first + timedelta(days=7))
    rows = Absence.objects.values_list("starts_on", "ends_on")
    assert list(rows) == [(first, None), (first, None)]  # counted from the first time
    assert asked(first + timedelta(days=59)) == []
    assert asked(first + timedelta(days=60)) == ["Bramp2", "Bramp3"]
    run("p1", "p2", "p4", "p5", on=first + timedelta(days=20))
    assert asked(first + timedelta(days=60)) == ["Bramp3"]
    assert Absence.objects.get(ends_on__isnull=False).ends_on == first + timedelta(days=20)
    Enrolment.objects.filter(pupil=Pupil.objects.get(first_name="Bramp3")).update(ends_on=first)
    assert asked(first + timedelta(days=60)) == []
