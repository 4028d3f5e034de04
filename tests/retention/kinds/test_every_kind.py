"""Every kind of record goes by a list: what is shared stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import Refused
from access.models import Invitation, Membership, User
from consent.models import Check, CheckedPupil
from dossiers.actions.files import add_files, move_file
from dossiers.models import File
from oversight.actions.findings_judging import judge_finding, reply_to_finding
from oversight.models import Finding
from retention.carrying_out import carry_out
from retention.models import LedgerLine
from retention.terms import KINDS
from students.models import Enrolment, Parent, ParentAddress, Parenthood, Pupil, RosterLine
from students.roster.actions import decide
from students.roster.plan import Answer
from tests.dossiers.files.conftest import sent
from tests.guards.seed import _ask_for_website
from tests.retention.lists.conftest import Lists
from tests.students.roster import imports
from tests.students.roster.files import edexml
from tests.students.roster.files import pupil as row_of
from vault.models import PartKey

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.promise("P9"),
    pytest.mark.promise("P11"),
]
NIGHT = Job("carry out lists")
LONG_AGO = date(2021, 10, 20)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


def destroyed(cast, *pupils: str, left: date = LONG_AGO):
    lists = Lists(cast)
    made = lists.make(*pupils, left=left)
    lists.decide(made)
    lists.review(made)
    lists.approve(made)
    made.refresh_from_db()
    done = carry_out(made=made, by=NIGHT, on=cast.today)
    assert done.failed == []
    return made


def test_with_the_last_kind_pupil_parents_and_accounts_go_and_nobody_elses(cast):
    cast.add_pupil("sister")
    mother = Parent.objects.get(user=cast.parent)
    Parenthood.objects.create(parent=mother, pupil=cast.pupils["sister"], relation="mother")
    without = Parent.objects.get(user=cast.parent_without)
    others = set(Parent.objects.exclude(children__pupil=cast.pupils["own"]).values_list("pk"))
    number = Pupil.objects.count()

    destroyed(cast, "own")  # her sister is at school: the parents' own kind is not due

    assert Pupil.objects.count() == number - 1
    assert not Enrolment.objects.filter(pupil_id=cast.pupils["own"].pk).exists()
    assert not Parent.objects.filter(pk=without.pk).exists()
    assert not User.objects.filter(pk=cast.parent_without.pk).exists()
    assert list(mother.children.values_list("pupil", flat=True)) == [cast.pupils["sister"].pk]
    assert User.objects.filter(pk=cast.parent.pk, is_active=True).exists()
    teacher = User.objects.get(pk=cast.parent_teacher.pk)  # works here too
    assert teacher.name
    assert {one.role for one in teacher.memberships.all()} == {"counsellor"}
    assert set(Parent.objects.exclude(pk=mother.pk).values_list("pk")) == others


def test_a_parent_who_once_worked_here_keeps_the_name_of_a_colleague_and_no_account(cast):
    teacher, yesterday = cast.parent_teacher, cast.today - timedelta(days=1)
    Membership.objects.filter(user=teacher, role="counsellor").update(ends_on=yesterday)
    EmailAddress.objects.create(user=teacher, email=teacher.email, verified=True)
    invited = {
        "email": teacher.email, "name": teacher.name, "role": "counsellor",
        "unit": cast.school.unit, "starts_on": yesterday, "invited_at": timezone.now(),
    }  # fmt: skip
    Invitation.objects.create(
        **invited, secret_hash=b"a", expires_at=timezone.now(), accepted_at=timezone.now(),
        accepted_by=teacher,
    )  # fmt: skip
    Invitation.objects.create(**invited, secret_hash=b"b", expires_at=timezone.now())
    destroyed(cast, "own")
    left = User.objects.get(pk=teacher.pk)
    assert (left.name, left.email, left.is_active) == (teacher.name, None, False)
    assert left.username == f"gone-{teacher.pk}"
    assert [one.role for one in left.memberships.all()] == ["counsellor"]
    assert not EmailAddress.objects.filter(email=teacher.email).exists()
    assert not Invitation.objects.filter(email=teacher.email).exists()


def test_what_pupils_share_goes_with_the_last_of_them(cast):
    text = _ask_for_website(cast)
    check = Check.objects.create(
        school=cast.school, purpose=text.purpose, text=text, day=cast.today,
        checked_by=cast.counsellor,
    )  # fmt: skip
    for key in ("own", "other"):
        CheckedPupil.objects.create(check_made=check, pupil=cast.pupils[key], is_allowed=True)
    destroyed(cast, "own")
    assert list(check.pupils.values_list("pupil", flat=True)) == [cast.pupils["other"].pk]
    with pytest.raises(DatabaseError), transaction.atomic():
        Check.objects.filter(pk=check.pk)._raw_delete("default")


@pytest.mark.parametrize(
    "table",
    ["students_pupil", "students_parent", "students_parenthood", "students_enrolment",
     "students_representative", "dossiers_dossier", "dossiers_dossierpart"],
)  # fmt: skip
def test_without_an_item_not_even_the_owner_takes_anything_away(cast, table):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("set constraints all deferred")
        with pytest.raises(DatabaseError, match="approved destruction list"), transaction.atomic():
            cursor.execute(f"delete from {table}")


def test_a_file_that_was_moved_outlives_the_part_it_came_from(cast, monkeypatch):
    """Where it came from is forgotten; nothing else of it changes, and by no other statement."""
    author = cast.counsellor
    with acting_as(author, on=cast.today):
        (added,) = add_files(part=cast.part("own"), sent=[sent()], by=author, on=cast.today)
        file = File.objects.select_related("part__dossier__pupil").get()
        assert added.file == file
        moved = move_file(file=file, to=cast.part("own", "agreements"), by=author, on=cast.today)
    with pytest.raises(DatabaseError), transaction.atomic():
        File.objects.filter(pk=moved.pk).update(moved_from=None)
    monkeypatch.setattr("retention.actions.lists.LISTED", (KINDS["guidance"],))
    destroyed(cast, "own", left=date(2023, 11, 1))
    assert File.objects.get().pk == moved.pk
    assert File.objects.get().moved_from_id is None


def test_what_two_pupils_share_is_named_by_the_later_item_also_where_the_earlier_one_failed(
    cast, monkeypatch
):
    """A note and a reply about both: no line named their keys, had the first one's gone alone."""
    both = [cast.pupils[key].log_key for key in ("own", "other")]
    finding = Finding.objects.create(
        unit=cast.school.unit, rule="emergency-card", day=cast.today, person=cast.counsellor,
        severity="middle", measured={"number": 1, "least": 1}, subjects=both,
    )  # fmt: skip
    by, of, on = cast.director, cast.counsellor, cast.today
    with acting_as(of, on=on):
        reply_to_finding(finding=finding, words="I was asked to look", by=of, on=on)
    with acting_as(by, on=on):
        judge_finding(
            finding=finding, outcome="explained", note="Asked the office", seen=0, by=by, on=on
        )
    shared = {str(finding.judgements.get().pk), str(finding.replies.get().pk)}
    assert PartKey.objects.filter(pk__in=shared).count() == 2
    lists = Lists(cast)
    made = lists.make("own", "other", left=LONG_AGO)
    for step in (lists.decide, lists.review, lists.approve):
        step(made)
    made.refresh_from_db()

    def full(_items: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr("retention.carrying_out.destroy_rows", full)
        patch.setattr("retention.carrying_out._BATCH", made.items.count() // 2)  # one pupil
        assert len(carry_out(made=made, by=NIGHT, on=cast.today).failed) == made.items.count()

    lines = list(LedgerLine.objects.order_by("number"))
    first, later = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    assert not any(shared & set(line.keys["key"]) for line in first)
    assert any(shared <= set(line.keys["key"]) for line in later)
    assert not PartKey.objects.filter(pk__in=shared).exists()
    assert carry_out(made=made, by=NIGHT, on=cast.today).failed == []
    assert not Finding.objects.filter(pk=finding.pk).exists()


def test_a_roster_that_waits_keeps_the_lines_of_other_children(cast):
    """Of whom the pupil who goes was only proposed as "maybe the same"."""
    gone, mother = cast.pupils["own"], Parent.objects.get(user=cast.parent)
    born = gone.birth_date.isoformat()
    row = row_of("p1", achternaam=gone.surname, roepnaam=gone.first_name, geboortedatum=born)
    plan = imports.read(
        cast.school,
        edexml([row], school="<brincode>99DA</brincode>"),
        by=cast.administrator,
        on=cast.today,
    )
    line = RosterLine.objects.get(change="doubtful")
    assert line.candidates == [str(gone.pk)]
    with acting_as(cast.administrator, on=cast.today):
        decide(line=line, answer=Answer.SAME, candidate=str(gone.pk), by=cast.administrator,
               on=cast.today)  # fmt: skip
    about = RosterLine.objects.create(
        roster_import=plan, place=900, change="doubtful", subject="parent", line=9,
        candidates=[str(mother.pk), "line:3"],
    )  # fmt: skip
    theirs = [
        RosterLine.objects.create(roster_import=plan, place=place, change="changed", line=9, **whom)
        for place, whom in enumerate(
            ({"subject": "pupil", "target": str(gone.pk)}, {"subject": "link", "pupil": gone.pk},
             {"subject": "parent", "target": str(mother.pk)}), start=901)
    ]  # fmt: skip

    destroyed(cast, "own")

    line.refresh_from_db()
    assert (line.after["surname"], line.candidates) == (gone.surname, [])
    assert (line.answer, line.candidate, line.decided_by, line.decided_at) == ("", "", None, None)
    about.refresh_from_db()
    assert about.candidates == ["line:3"]
    assert not RosterLine.objects.filter(pk__in=[one.pk for one in theirs]).exists()
    imports.answer_everything(plan, by=cast.administrator, on=cast.today)
    with pytest.raises(Refused, match="Read the file again"):  # so no child is left out unseen
        imports.approve(plan, by=cast.administrator, on=cast.today)


def test_who_was_linked_to_a_leaver_by_mistake_alone_goes_with_address_and_account(cast):
    mistake = cast.add_parent("mistake", "twelve")
    links = Parenthood.objects.filter(parent=mistake)
    links.update(withdrawn_at=timezone.now(), withdrawn_by=cast.director)
    made = destroyed(cast, "twelve", left=date(2023, 11, 1))
    assert made.items.get(kind="parents").outcome == "destroyed"
    assert Pupil.objects.filter(pk=cast.pupils["twelve"].pk).exists()
    assert not Parent.objects.filter(pk=mistake.pk).exists()
    assert not ParentAddress.objects.filter(parent=mistake.pk).exists()
    assert not User.objects.filter(pk=mistake.user_id).exists()
