"""The portal with one more address that only inserts: what signing is measured against."""

from __future__ import annotations

import uuid

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from privacy_portal.urls import urlpatterns as portal

TABLE = "create table bench_answer (id uuid primary key, parent uuid, said text, at timestamptz)"
RIGHTS = "grant insert on bench_answer to portal_web"


@csrf_exempt
def insert(request: HttpRequest, count: int) -> HttpResponse:
    """As many rows as a parent signs answers, in one transaction, and nothing else."""
    key = str(request.user.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "insert into bench_answer values (%s, %s, 'given', now())",
            [(str(uuid.uuid4()), key) for _ in range(count)],
        )
    return HttpResponse("ok")


urlpatterns = [*portal, path("bench/<int:count>/", insert)]
