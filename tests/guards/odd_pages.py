"""Pages that break the house rules, each in one way, to show what happens then."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from access.gate import PortalRequest, Shows, page
from access.models import Unit
from access.permissions import Permission
from audit.grounds import Ground
from privacy_portal.urls import urlpatterns as real_ones
from students.models import Pupil

MARKER = "Qoddpagemarkerq"
NAME = "Qoddpagenameq"


@page(Permission.SEE_HOME, methods=("GET", "POST"))
def writes_without_a_record(request: PortalRequest) -> HttpResponse:
    Unit.objects.create(kind="board", name="Planted")
    return HttpResponse("written")


@page(Permission.SEE_HOME, methods=("POST",), reads_only=True)
def search_that_writes(request: PortalRequest) -> HttpResponse:
    Unit.objects.create(kind="board", name="Planted")
    return HttpResponse("written")


@page(Permission.SEE_HOME)
def look_that_writes_through_a_function(request: PortalRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('transaction_read_only', 'off', true)")
        cursor.execute(
            "insert into access_unit (id, kind, name) values (gen_random_uuid(), 'board', 'P')"
        )
    return HttpResponse("written")


@page(Permission.SEE_HOME, shows=Shows.PUPILS)
def shows_pupils_and_names_none(request: PortalRequest) -> HttpResponse:
    return HttpResponse(MARKER)


@page(Permission.SEE_HOME, shows=Shows.PUPILS)
def streams_pupils_and_names_none(request: PortalRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([MARKER])


@page(Permission.SEE_HOME, shows=Shows.PUPIL)
def names_a_pupil_and_fails(request: PortalRequest) -> HttpResponse:
    request.page.names(Pupil.objects.latest("pk"), ground=Ground.ASSIGNMENT)
    raise LookupError(f"no row for {MARKER}")


@page(Permission.SEE_HOME, methods=("POST",))
def breaks_a_constraint(request: PortalRequest) -> HttpResponse:
    pupil = Pupil.objects.latest("pk")
    Pupil.objects.create(
        board_id=pupil.board_id, log_key=pupil.log_key, first_name=NAME, surname=NAME
    )
    return HttpResponse("stored")


def without_a_gate(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [
    *real_ones,
    path("odd/writes/", writes_without_a_record),
    path("odd/search/", search_that_writes),
    path("odd/function/", look_that_writes_through_a_function),
    path("odd/none/", shows_pupils_and_names_none),
    path("odd/stream/", streams_pupils_and_names_none),
    path("odd/fails/", names_a_pupil_and_fails),
    path("odd/constraint/", breaks_a_constraint),
    path("odd/open/", without_a_gate),
]
