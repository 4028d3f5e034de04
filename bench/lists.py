"""Lists in a large school: what grows with the school and what does not."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client, override_settings
from django.urls import reverse
from guardian.shortcuts import get_objects_for_user

from access.acting import acting_as
from access.models import User
from bench.crowd import PUPILS_PER_COUNSELLOR, TODAY, the_crowd
from bench.report import Row, median_seconds
from bench.visitor import signed_in_cookie
from dossiers import queries
from dossiers.models import Dossier, DossierPart

_GENERIC = """
insert into guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
select a.dossier_id::text, %s, %s, a.user_id from dossiers_assignment a
"""
_GENERIC_PARTS = """
insert into guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
select r.content_object_id::text, %s, %s, r.user_id from dossiers_dossierpartpermission r
where r.permission_id = %s
"""


def measure() -> list[Row]:
    """My pupils with 1 000 and 100 000 pupils; guardian's generic table against our list."""
    crowd = the_crowd()
    crowd.grow(1_000)
    small = _my_pupils(crowd.some_counsellor())
    crowd.grow(100_000)
    counsellor = crowd.some_counsellor()
    large = _my_pupils(counsellor)
    taken = _guardian_against_ours(counsellor)
    ours = taken["ours"]
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
            f"{taken['stock'] / ours:.0f}x ({taken['stock'] * 1000:.1f} ms"
            f" against {ours * 1000:.2f} ms)",
        ),
        Row(
            "… the same question asked of parts, as ours is (500 000 rows)",
            "",
            f"{taken['by part'] / ours:.0f}x ({taken['by part'] * 1000:.0f} ms)",
        ),
        Row(
            "… of dossiers with `use_groups=False` (not its default)",
            "",
            f"{taken['without groups'] / ours:.1f}x ({taken['without groups'] * 1000:.2f} ms)",
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


def _guardian_against_ours(counsellor: User) -> dict[str, float]:
    """Median seconds of the same list, asked of guardian's generic table and of ours."""
    dossier_permission = _fill_generic(Dossier, "view_dossier", _GENERIC)
    part_permission = _fill_generic(DossierPart, "view_dossierpart", _GENERIC_PARTS)

    def stock(*, groups: bool) -> list[Dossier]:
        return list(
            get_objects_for_user(counsellor, dossier_permission, klass=Dossier, use_groups=groups)
        )

    def stock_by_part() -> list[Dossier]:
        parts = get_objects_for_user(counsellor, part_permission, klass=DossierPart)
        return list(Dossier.objects.filter(pk__in=parts.values("dossier")))

    def ours() -> list[Dossier]:
        return list(queries.dossiers_visible_to(counsellor, on=TODAY).select_related(None))

    taken = {
        "stock": _timed(lambda: stock(groups=True), times=15),
        "without groups": _timed(lambda: stock(groups=False), times=15),
        "by part": _timed(stock_by_part, times=5),
    }
    with acting_as(counsellor, on=TODAY):
        taken["ours"] = _timed(ours, times=40)
    return taken


def _fill_generic(model: type[Model], codename: str, rows: str) -> str:
    """Gives everybody in guardian's table what they have in ours; the permission's full name."""
    kind = ContentType.objects.get_for_model(model)
    permission = Permission.objects.get(content_type=kind, codename=codename)
    values = [kind.pk, permission.pk] + ([permission.pk] if rows is _GENERIC_PARTS else [])
    with connection.cursor() as cursor:
        cursor.execute(rows, values)
        cursor.execute("analyze guardian_userobjectpermission")
    return f"{kind.app_label}.{codename}"


def _timed(read: Callable[[], list[Dossier]], *, times: int) -> float:
    _must_find(read())
    return median_seconds(read, times=times)


def _must_find(dossiers: list[Dossier]) -> None:
    if len(dossiers) < PUPILS_PER_COUNSELLOR:
        raise RuntimeError("a list to be measured is not complete")
