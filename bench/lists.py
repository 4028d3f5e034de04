"""Lists in a large school: what grows with the school and what does not."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from guardian.shortcuts import get_objects_for_user

from access.acting import acting_as
from access.models import User
from bench.crowd import PUPILS_PER_COUNSELLOR, TODAY, the_crowd
from bench.report import Row, median_seconds
from bench.visitor import signed_in_cookie
from dossiers import queries
from dossiers.models import Dossier

_GENERIC = """
insert into guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
select a.dossier_id::text, %s, %s, a.user_id from dossiers_assignment a
"""


def measure() -> list[Row]:
    """My pupils with 1 000 and 100 000 pupils; guardian's generic table against our list."""
    crowd = the_crowd()
    crowd.grow(1_000)
    small = _my_pupils(crowd.some_counsellor())
    crowd.grow(100_000)
    counsellor = crowd.some_counsellor()
    large = _my_pupils(counsellor)
    stock, without_groups, ours = _guardian_against_ours(counsellor)
    return [
        Row(
            "my pupils (30 rows): time with 100 000 pupils in the database against 1 000",
            "at most 1.3x",
            f"{large / small:.2f}x ({large * 1000:.1f} ms against {small * 1000:.1f} ms)",
        ),
        Row(
            "`get_objects_for_user` over guardian's generic table against our list,"
            " 100 000 dossiers",
            "at least 20x faster",
            f"{stock / ours:.0f}x ({stock * 1000:.1f} ms against {ours * 1000:.2f} ms)",
        ),
        Row(
            "… the same with `use_groups=False` (not its default)",
            "",
            f"{without_groups / ours:.1f}x ({without_groups * 1000:.2f} ms)",
        ),
    ]


@override_settings(ALLOWED_HOSTS=["localhost"])
def _my_pupils(counsellor: User) -> float:
    """Median seconds of the whole page, everything included."""
    name, _, value = signed_in_cookie(counsellor).partition("=")
    client = Client(headers={"host": "localhost", "x-forwarded-for": "127.0.0.1"})
    client.cookies[name] = value
    address = reverse("my_pupils")

    def visit() -> None:
        answer = client.get(address, secure=True)
        if answer.status_code != 200 or answer.content.count(b"van Bench") < 30:
            raise RuntimeError(f"the list answered {answer.status_code}")

    return median_seconds(visit, times=40)


def _guardian_against_ours(counsellor: User) -> tuple[float, float, float]:
    kind = ContentType.objects.get_for_model(Dossier)
    permission = Permission.objects.get(content_type=kind, codename="view_dossier")
    with connection.cursor() as cursor:
        cursor.execute(_GENERIC, [kind.pk, permission.pk])
        cursor.execute("analyze guardian_userobjectpermission")

    def generic(*, groups: bool) -> float:
        def read() -> list[Dossier]:
            return list(
                get_objects_for_user(
                    counsellor, "dossiers.view_dossier", klass=Dossier, use_groups=groups
                )
            )

        _must_find(read())
        return median_seconds(read, times=15)

    def ours() -> list[Dossier]:
        return list(queries.dossiers_visible_to(counsellor, on=TODAY).select_related(None))

    stock, without_groups = generic(groups=True), generic(groups=False)
    with acting_as(counsellor, on=TODAY):
        _must_find(ours())
        return stock, without_groups, median_seconds(ours, times=40)


def _must_find(dossiers: list[Dossier]) -> None:
    if len(dossiers) < PUPILS_PER_COUNSELLOR:
        raise RuntimeError("a list to be measured is not complete")
