"""A list with pupils of two schools stands in the log of both."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import LogEntry


@pytest.mark.promise("P20")
def test_a_list_of_two_schools_is_a_row_for_each(cast, sign_in):
    cast.add_person("counsellor", "counsellor", cast.other_school.unit)
    cast.people["counsellor"] = type(cast.counsellor).objects.get(pk=cast.counsellor.pk)
    with_both = cast.people["counsellor"]
    from access.acting import acting_as
    from dossiers.actions.assignments import assign
    from dossiers.kinds import AssignmentKind

    with acting_as(cast.other_director, on=cast.today):
        assign(
            dossier=cast.dossier("foreign", cast.other_school),
            user=with_both,
            kind=AssignmentKind.COUNSELLOR,
            starts_on=cast.today,
            ends_on=None,
            reason="teaches at both schools",
            by=cast.other_director,
            on=cast.today,
        )
    page = sign_in(with_both).get(reverse("my_pupils"))
    assert cast.pupils["own"].name in page.content.decode()
    assert cast.pupils["foreign"].name in page.content.decode()
    rows = LogEntry.objects.filter(event="page-listed", actor=with_both)
    assert {(row.unit, *row.subjects) for row in rows} == {
        (cast.school.pk, cast.pupils["own"].log_key),
        (cast.other_school.pk, cast.pupils["foreign"].log_key),
    }
    assert len({row.cid for row in rows}) == 1
