"""Object permissions are given and taken here only, dated, with the assignment as their reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet


def permission_rows(
    table: type[Model],
    *,
    assignment: Any,
    objects: Iterable[Model],
    permissions: Iterable[int],
) -> list[Model]:
    """The rows that let `assignment.user` use `objects` for as long as the assignment lasts."""
    ids = tuple(permissions)
    return [
        table(
            user_id=assignment.user_id,
            permission_id=permission_id,
            content_object=thing,
            assignment=assignment,
            starts_on=assignment.starts_on,
            ends_on=assignment.ends_on,
        )
        for thing in objects
        for permission_id in ids
    ]


def grant(table: type[Model], rows: Iterable[Model]) -> None:
    """Gives the permissions; the database refuses one that does not follow from its assignment."""
    table._default_manager.bulk_create(rows, batch_size=2000)


def end_on(permissions: QuerySet[Any], *, last_day: date) -> int:
    """Lets permissions end on `last_day` (the day before today: at once)."""
    return permissions.filter(ends_on__isnull=True).update(ends_on=last_day) + permissions.filter(
        ends_on__gt=last_day
    ).update(ends_on=last_day)


def permission_ids(table: type[Model], *codenames: str) -> list[int]:
    """The keys of the permissions with these names on what `table` gives rights to."""
    target = table._meta.get_field("content_object").related_model
    assert isinstance(target, type)
    kind = ContentType.objects.get_for_model(target)
    found = Permission.objects.filter(content_type=kind, codename__in=codenames)
    return sorted(found.values_list("pk", flat=True))
