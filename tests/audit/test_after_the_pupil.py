"""Once a pupil's record is gone, the log stays true and nothing in it says whose it was."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

import pytest
from django.db import connection
from django.urls import reverse

from access.acting import acting_as
from access.models import User
from audit.actions import name_in_log, record
from audit.events import PAGE_SEEN
from audit.models import LogEntry
from audit.veils import is_of_family, people_behind
from students.models import Parent, Pupil

KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# Where a key of these rows may still lead.
LEADS_TO_NOBODY = {
    "access_unit",
    "students_board",
    "students_school",
    "students_group",
    "students_schoolyear",
    "consent_purpose",
    "consent_purposetext",
    "consent_round",
}

_REFERENCES = """
select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
where c.contype = 'f' and c.conparentid = 0
"""
_KEYS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and udt_name = 'uuid' and table_name not like 'audit_logentry%%'
"""


def ask(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def without_a_trace(first: Iterable[tuple[str, str, list]]) -> None:
    """Removes rows and all that hangs on them, whatever says that nothing may be deleted."""
    tables = [
        name
        for (name,) in ask(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace and not relispartition"
        )
    ]
    for table in tables:
        ask(f'alter table "{table}" disable trigger user')
    references = ask(_REFERENCES)

    def remove(table: str, column: str, values: list) -> None:
        if not values:
            return
        for child, its_column, parent, key in references:
            if parent == table and child != table:
                rows = ask(
                    f'select distinct "{key}" from "{table}" where "{column}" = any(%s)', values
                )
                remove(child, its_column, [value for (value,) in rows])
        ask(f'delete from "{table}" where "{column}" = any(%s)', values)

    ask("set constraints all deferred")
    for table, column, values in first:
        remove(table, column, values)


def rows_about(key: uuid.UUID) -> list[LogEntry]:
    return list(LogEntry.objects.filter(subjects__contains=[key]).order_by("number"))


def words_of(row: LogEntry) -> str:
    return f"{row.object_pk} {row.additional_data} {row.changes} {row.actor_name} {row.event}"


def leads_to(keys: set[str]) -> set[str]:
    """In which tables one of these keys still stands."""
    return {
        table
        for table, column in ask(_KEYS)
        if ask(f'select 1 from "{table}" where "{column}" = any(%s::uuid[]) limit 1', list(keys))
    }


@pytest.mark.promise("P22")
def test_no_column_of_the_log_says_whose_a_row_was_once_the_record_is_gone(demo):
    """Every row about one pupil of the demo: its page, its family, its consent, its dossier."""
    busiest = max(Pupil.objects.all(), key=lambda pupil: len(rows_about(pupil.log_key)))
    rows = rows_about(busiest.log_key)
    assert len({row.event for row in rows}) > 3
    # A colleague whose child it is stands in the log by name, for what they did at work.
    parents = list(Parent.objects.filter(children__pupil=busiest))
    parents = [one for one in parents if not (one.user and one.user.has_ever_worked)]
    family = [person.user_id for person in (busiest, *parents) if person.user_id]
    names = [busiest.name, *(parent.name for parent in parents)]
    names += list(User.objects.filter(pk__in=family).values_list("username", flat=True))
    without_a_trace(
        [
            ("students_parenthood", "pupil_id", [busiest.pk]),
            ("students_pupil", "id", [busiest.pk]),
            ("students_parent", "id", [parent.pk for parent in parents]),
            ("access_user", "id", family),
        ]
    )
    for row in rows_about(busiest.log_key):
        assert not [name for name in names if name and name in words_of(row)], row.event
    alone = [row for row in rows if row.subjects == [busiest.log_key]]
    keys = {key for row in alone for key in KEY.findall(words_of(row))}
    keys |= {str(row.actor_id) for row in rows if row.actor_id in family}
    assert len(keys) > 3
    keys -= {str(user.pk) for user in User.objects.all() if user.has_ever_worked}
    assert leads_to(keys) <= LEADS_TO_NOBODY


@pytest.mark.promise("P22")
def test_no_row_about_a_child_that_is_gone_leads_to_the_parent_of_another_child(demo):
    """The family stays for a brother or sister: its rows about the child that left lead nowhere."""
    siblings = [
        link.pupil
        for parent in Parent.objects.filter(user__isnull=False)
        if parent.children.count() > 1
        for link in parent.children.select_related("pupil")
    ]
    gone = max(siblings, key=lambda pupil: len(rows_about(pupil.log_key)))
    rows = rows_about(gone.log_key)
    of_family = [row for row in rows if is_of_family(row)]
    parents = {str(key) for key in gone.parenthoods.values_list("parent", flat=True)}
    assert of_family
    assert all(row.subjects == [gone.log_key] for row in of_family)
    assert {row.actor_id for row in of_family} <= set(people_behind(of_family))
    without_a_trace(
        [
            ("students_parenthood", "pupil_id", [gone.pk]),
            ("students_pupil", "id", [gone.pk]),
        ]
    )
    assert Parent.objects.filter(pk__in=parents, user__isnull=False).exists()
    assert not people_behind(of_family)
    staff = {str(user.pk) for user in User.objects.all() if user.has_ever_worked}
    for row in rows:
        keys = {*KEY.findall(words_of(row)), row.cid, str(row.actor_id)} - staff - {"None", ""}
        if row.subjects == [gone.log_key] or row in of_family:
            assert leads_to(keys) <= LEADS_TO_NOBODY, (row.event, row.actor_role)
        if row in of_family:
            assert not LogEntry.objects.filter(cid=row.cid).exclude(subjects=row.subjects).exists()


@pytest.mark.parametrize(
    ("person", "role", "stands"),
    [
        ("counsellor", "counsellor", "Demo counsellor"),
        ("parent", "parent", "parent"),
        ("pupil_twelve", "pupil", "pupil"),
        ("parent_teacher", "counsellor", "Demo parent_teacher"),  # at work
        ("parent_teacher", "parent", "parent"),  # as a parent of the same portal
        ("mr_parent", "mr-parent", "Demo mr_parent"),
        ("former", "", "Demo former"),
        ("parent", "", "family"),  # without a role that day, and never staff
    ],
)
def test_a_row_names_who_works_here_and_of_a_family_only_what_they_are(cast, person, role, stands):
    assert name_in_log(cast.people[person], role) == stands


def test_who_reads_the_log_is_told_the_name_of_a_parent_as_long_as_the_child_is_known(
    cast, sign_in
):
    LogEntry.objects.all().delete()
    parent = cast.people["parent"]
    with acting_as(parent, on=cast.today):
        row = record(
            PAGE_SEEN,
            by=parent,
            subjects=[cast.pupils["own"].log_key],
            unit=cast.school.pk,
        )
    assert (row.actor_name, row.actor_role) == ("parent", "parent")
    client, asked = sign_in(cast.director), {"event": "page-seen"}
    (line,) = client.post(reverse("log"), asked).context["lines"]
    assert (line.who, line.role) == (parent.name, "parent")
    (line,) = client.post(reverse("log"), {"person": parent.name}).context["lines"]
    assert line.who == parent.name
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(log_key=uuid.uuid4())
    (line,) = client.post(reverse("log"), asked).context["lines"]
    assert line.who == "parent"
