"""Answers as they would be kept without anything around them: measured against, never installed."""

from __future__ import annotations

from typing import Any

from django.db import models

from consent.models import Answer

TABLE = """
create table bench_bareanswer (like consent_answer including defaults including constraints
    including indexes);
alter table bench_bareanswer
    add foreign key (request_id) references consent_request,
    add foreign key (pupil_id) references students_pupil,
    add foreign key (school_id) references students_school,
    add foreign key (purpose_id) references consent_purpose,
    add foreign key (text_id) references consent_purposetext,
    add foreign key (parent_id) references students_parent,
    add foreign key (recorded_by_id) references access_user;
grant select, insert on bench_bareanswer to portal_web
"""


def _alike(field: Any) -> Any:
    """The same column; nothing of the portal points back at it."""
    copy = field.clone()
    if copy.remote_field is not None:
        copy.remote_field.related_name = "+"
    return copy


class Meta:
    app_label = "bench"
    managed = False


# The columns, indexes and foreign keys of an answer; no lock, no trigger, no receipt, no log.
BareAnswer: Any = type(
    "BareAnswer",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": Meta,
        **{field.name: _alike(field) for field in Answer._meta.local_fields},
    },
)
