"""The portal with two more addresses that only insert: what signing is measured against.

Both are asked as signing is: signed in, by a session of the portal, with the CSRF check and
everything else that stands before each page; neither passes the gate.
"""

from __future__ import annotations

import uuid

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from bench.bare_rows import BareAnswer
from privacy_portal.urls import urlpatterns as portal

TABLE = "create table bench_answer (id uuid primary key, parent uuid, said text, at timestamptz)"
RIGHTS = "grant insert on bench_answer to portal_web"


def insert(request: HttpRequest) -> HttpResponse:
    """As many rows as a parent signs answers, as any page would: built and inserted at once."""
    now = timezone.now()
    sent = request.POST
    rows = [
        BareAnswer(
            request_id=key,
            pupil_id=sent["pupil"],
            school_id=sent["school"],
            purpose_id=purpose,
            text_id=text,
            answers_as="parent",
            parent_id=sent["parent"],
            counts_from=sent["from"],
            counts_until=sent["until"],
            said="given",
            answered_at=now,
            route="online",
            language="nl",
            recorded_by_id=request.user.pk,
            recorded_at=now,
        )
        for key, purpose, text in zip(
            sent.getlist("request"), sent.getlist("purpose"), sent.getlist("text"), strict=True
        )
    ]
    with transaction.atomic():
        BareAnswer.objects.bulk_create(rows)
    return HttpResponse("ok")


def least(request: HttpRequest, count: int) -> HttpResponse:
    """The least that can be called an insert: as many rows of four columns, without an index."""
    key = str(request.user.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "insert into bench_answer values (%s, %s, 'given', now())",
            [(str(uuid.uuid4()), key) for _ in range(count)],
        )
    return HttpResponse("ok")


urlpatterns = [*portal, path("bench/answers/", insert), path("bench/<int:count>/", least)]
