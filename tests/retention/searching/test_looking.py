"""The pass after a destruction: what is left over is found and named, wherever it stands."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.acting import acting_as
from access.errors import Refused
from audit import heads
from audit.actions import record
from audit.models import LogCheck
from dossiers.models import NoteVersion
from retention import events
from retention.models import DestructionList, Gathered, Leftover, SearchPass
from retention.searching import (
    SearchIsBlind,
    findings,
    forget,
    is_clean,
    looking,
    needs_search,
    search,
    summary,
    tables,
)
from retention.searching.allowed import ALLOWED, KEYS_ALLOWED, OF_OTHERS
from retention.searching.marks import gathering
from students.models import Parent, ParentSourceKey, Representative
from tests.retention.lists.conftest import Lists
from tests.retention.searching.conftest import (
    NIGHT,
    destroyed,
    found_by,
    parent,
    without_a_family,
)
from vault.errors import Unreadable
from vault.models import PartKey

pytestmark = [pytest.mark.promise("P9"), pytest.mark.django_db]


def test_a_whole_destruction_leaves_nothing(places, cast):
    carried = destroyed(cast)
    assert not is_clean(carried.made)
    assert needs_search(carried.made)
    row = carried.search(cast.today)
    assert found_by(row) == set()
    assert is_clean(carried.made)
    assert not needs_search(carried.made)
    said = summary(carried.made)
    assert said is not None
    assert (said.hits, said.names_judged) == (0, 0)
    assert said.marks >= 10
    assert said.rows > 500
    assert said.files >= 2


def _in_a_job(key: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values ('q', 'x', %s)",
            [json.dumps({"of": [str(key).upper()]})],
        )


def test_a_leftover_of_each_sort_is_found_and_named(places, cast, settings):
    carried = destroyed(cast)
    _in_a_job(carried.note)
    cache.set("page", {"of": carried.note, "text": "x" * 50})
    # Plain bytes where a sealed text of another dossier belongs, behind row-level security.
    NoteVersion.objects.update(sealed=b"\x01 of note " + str(carried.note).encode() * 3)
    check = LogCheck.objects.create()
    LogCheck.objects.filter(pk=check.pk).update(
        found={"deep": {"in": [carried.note.hex]}}, is_good=True, finished_at=timezone.now()
    )
    PartKey.objects.create(part_id=carried.part, wrapped=b"-" * 60)
    left = settings.FILES_DIR / str(carried.blob)[:2] / str(carried.blob)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"\x02 noise")
    settings.EMAIL_FILE_PATH = places / "mail"
    settings.EMAIL_FILE_PATH.mkdir()
    (settings.EMAIL_FILE_PATH / "letter.log").write_text(f"See /dossiers/{carried.part}/")

    row = carried.search(cast.today)

    assert found_by(row) == {
        ("key", "procrastinate_jobs", "args", True),
        ("key", "portal_cache", "value", True),
        ("key", "dossiers_noteversion", "sealed", True),
        ("key", "audit_logcheck", "found", True),
        ("key", "vault_partkey", "part_id", True),
        ("key", "FILES_DIR", "", True),
        ("key", "EMAIL_FILE_PATH", "", True),
    }
    of_note = Leftover.objects.get(search=row, place_found="dossiers_noteversion")
    assert of_note.rows == [str(NoteVersion.objects.get().pk)]
    assert not is_clean(carried.made)
    assert needs_search(carried.made)


def test_a_destruction_that_met_nothing_is_told_from_one_whose_marks_nobody_kept(places, cast):
    made = Lists(cast).approved("own")
    for outcome in ("intended", "destroyed"):
        made.items.update(outcome=outcome, done_at=made.made_at)
    with pytest.raises(SearchIsBlind):
        search(made=made, by=NIGHT, on=cast.today)
    assert not is_clean(made)
    with gathering(made.pk):
        pass  # no answer, no picture: the kind was empty
    assert found_by(search(made=made, by=NIGHT, on=cast.today)) == set()
    assert is_clean(made)


def test_by_design_keys_stand_where_the_list_of_them_says_and_nowhere_else(
    places, cast, monkeypatch
):
    carried = destroyed(cast)
    with acting_as(NIGHT, on=cast.today):
        record(events.BACKUP_MADE, by=NIGHT, detail={"of": str(carried.note)})
    assert found_by(carried.search(cast.today)) == set()
    monkeypatch.setattr(tables, "ALLOWED", {})
    monkeypatch.setattr(looking, "KEYS_ALLOWED", {})
    found = {(place, column) for _, place, column, _ in found_by(carried.search(cast.today))}
    assert found == {
        ("retention_ledgerline", "keys"),
        ("audit_logentry", "object_pk"),
        ("audit_logentry", "additional_data"),
    }
    assert found <= {*ALLOWED, *KEYS_ALLOWED}
    known = {(one.known_as, column) for one in tables.tables() for column in one.columns}
    assert known >= {*ALLOWED, *KEYS_ALLOWED, *OF_OTHERS}


def test_six_digits_stand_in_moments_and_counts_too_and_never_keep_a_list_open_by_themselves(
    places, cast, settings
):
    carried = without_a_family(cast)
    known = parent(cast, first_name="Another", email="another@example.org")
    with gathering(carried.made.pk):
        for number in ("482913", "LL-77001"):
            ParentSourceKey.objects.create(
                school=cast.school, system="s", key=number, parent=known
            ).delete()
    settings.LOG_HEADS.touch()
    heads.append(heads.Head(482913, "ab" * 32, datetime(2031, 3, 4, 5, 6, 57, 482913, tzinfo=UTC)))
    with acting_as(NIGHT, on=cast.today):
        record(events.BACKUP_MADE, by=NIGHT, detail={"rows": 482913, "of": "LL-77001"})
    assert found_by(carried.search(cast.today)) == {
        ("word", "audit_logentry", "additional_data", True),  # no count has letters
        ("word", "audit_logentry", "additional_data", False),  # somebody says what it is
    }
    with settings.LOG_HEADS.open("a") as file:  # what is no head stands there by mistake
        file.write(f"{carried.note}\n")
    assert ("key", "LOG_HEADS", "", True) in found_by(carried.search(cast.today))


def test_a_namesake_is_shown_and_an_address_elsewhere_keeps_the_list_open(places, cast):
    carried = without_a_family(cast)
    namesake = parent(cast, first_name="Quírijn", surname="ZELDENRUST", email="other@example.org")
    parent(cast, first_name="Another", email="another@example.org")  # a surname alone says nothing
    row = carried.search(cast.today)
    assert found_by(row) == {("name", "students_parent", "", False)}
    assert Leftover.objects.get(search=row).rows == [str(namesake.pk)]
    assert not is_clean(carried.made)
    assert not needs_search(carried.made)  # it waits for somebody's word

    Parent.objects.filter(pk=namesake.pk).update(email="Q.Zeldenrust@Example.org")  # known twice
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values ('q', 'x', %s)",
            [json.dumps({"to": "q.zeldenrust@example.org"})],
        )
    assert found_by(carried.search(cast.today)) == {
        ("name", "students_parent", "", False),
        ("word", "students_parent", "email", False),
        ("word", "procrastinate_jobs", "args", True),
    }


def test_who_answered_for_a_pupil_beside_the_parents_is_looked_for_too(places, cast):
    def represents(pupil: str) -> None:
        Representative.objects.create(
            pupil=cast.pupils[pupil],
            kind="voogd",
            name="Tjerk van Pietersen",
            email="t.pietersen@voogdij.example",
            court_decision="C/16/1",
            starts_on=cast.today,
        )

    carried = without_a_family(cast)
    represents("own")
    with connection.cursor() as cursor:  # that it goes with a list alone has tests of its own
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table students_representative disable trigger nothing_is_deleted")
    with gathering(carried.made.pk):
        Representative.objects.all().delete()
    represents("other")  # one officer answers for several pupils
    parent(cast, first_name="Tjerk", surname="Pietersen", email=None)
    assert found_by(carried.search(cast.today)) == {
        ("name", "students_representative", "", False),
        ("word", "students_representative", "email", False),
        ("name", "students_parent", "", False),
    }


def test_a_pass_that_was_killed_counts_for_nothing_and_the_next_begins_anew(
    places, cast, monkeypatch
):
    carried = destroyed(cast)

    def killed(*args, **keywords):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(looking, "hits_in_files", killed)
        with pytest.raises(KeyboardInterrupt):
            carried.search(cast.today)
    half = SearchPass.objects.get()
    assert half.finished_at is None
    assert not is_clean(carried.made)
    assert summary(carried.made) is None
    whole = carried.search(cast.today)
    assert whole.pk != half.pk
    assert is_clean(carried.made)


def test_a_pass_over_nothing_is_never_called_clean(places, cast, settings, monkeypatch):
    carried = destroyed(cast)
    with monkeypatch.context() as patch:
        patch.setattr(looking, "tables", list)
        with pytest.raises(SearchIsBlind):
            carried.search(cast.today)
    with monkeypatch.context() as patch:  # another folder than the one where the files stand
        patch.setattr(settings, "FILES_DIR", places / "elsewhere")
        with pytest.raises(SearchIsBlind):
            carried.search(cast.today)
    with pytest.raises(DatabaseError), transaction.atomic():
        SearchPass.objects.create(list=carried.made, finished_at=carried.made.made_at)
    assert not is_clean(carried.made)
    PartKey.objects.filter(pk=carried.made.pk).delete()  # marks that nobody can read
    with pytest.raises(Unreadable):
        carried.search(cast.today)
    assert not is_clean(carried.made)


def test_marks_and_their_key_go_with_the_closing_and_not_before(places, cast):
    carried = destroyed(cast)
    _in_a_job(carried.note)
    carried.search(cast.today)
    found = Leftover.objects.get()
    assert found.rows
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    carried.search(cast.today)
    with pytest.raises(Refused):
        forget(made=carried.made)
    with pytest.raises(DatabaseError), transaction.atomic():
        Gathered.objects.all()._raw_delete(using="default")
    keys = PartKey.objects.filter(pk=carried.made.pk)
    assert keys.exists()
    assert Gathered.objects.exists()
    with connection.cursor() as cursor:  # closing has tests of its own
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table retention_destructionlist disable trigger user")
    DestructionList.objects.filter(pk=carried.made.pk).update(closed_at=timezone.now())
    for _again in range(2):  # also when the first time was cut off
        forget(made=carried.made)
    assert not keys.exists()
    assert not Gathered.objects.exists()
    found.refresh_from_db()
    assert (found.rows, found.place_found) == ([], "procrastinate_jobs")
    assert is_clean(carried.made)


def test_what_must_go_is_counted_beyond_what_memory_holds_and_names_are_all_kept(
    places, cast, monkeypatch
):
    carried = destroyed(cast)
    with gathering(carried.made.pk):
        for number in range(4):
            parent(cast, surname=f"Zeldenrust-{'abcd'[number]}", email=None).delete()
    for number in range(4):
        parent(cast, surname=f"Zeldenrust-{'abcd'[number]}", email=None)
    monkeypatch.setattr(findings, "_HARD_KEPT", 1)
    monkeypatch.setattr(findings, "_AT_ONCE", 2)
    for key in (carried.note, carried.part, carried.blob):
        _in_a_job(key)
    row = carried.search(cast.today)
    kept = Leftover.objects.filter(search=row)
    assert row.hits == 7
    assert sorted(kept.values_list("is_hard", flat=True)) == [False] * 4 + [True]
    assert not is_clean(carried.made)
    assert needs_search(carried.made)
