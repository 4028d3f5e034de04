"""Accounts of who left end by themselves, 30 days after the last role; their names stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from psycopg import errors

from access.acting import Job, acting_as
from access.actions.accounts import reopen_account
from access.actions.invitations import Invited, accept_as_new, invite
from access.actions.memberships import give_role
from access.errors import Refused
from access.models import Invitation, Membership, Unit, User
from access.roles import FAMILY_ROLES
from audit.models import LogEntry
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import MedicalCustodian
from oversight.models import Finding
from retention import former
from retention.actions.accounts import end_accounts
from retention.former import SomeAccountsStayed, accounts_over, end_all_that_is_over
from retention.tasks.accounts import end_accounts_each_night
from students.models import CounsellorProposal, SchoolYear
from tests.access.conftest import give_factor
from tests.cast import LONG_AGO, PASSWORD
from tests.guards.seed_log import decided_end
from tests.guards.seed_looks import look_and_ask
from tests.guards.seed_retention import ask_to_erase, propose_a_term
from tests.guards.test_logins import sign_in_as_web
from tests.guards.walker import rolled_back
from tests.retention.lists.conftest import Lists

pytestmark = pytest.mark.promise("P22")
NIGHT = Job("end_accounts")
JOINED = timezone.make_aware(timezone.datetime(2020, 8, 1, 12))

# (role, begins, ends) in days from today; none: no end. And whether the account ends tonight.
ROLES = {
    "29 days ago": ([("counsellor", -900, -29)], False),
    "30 days ago": ([("counsellor", -900, -30)], True),
    "twice, once lately": ([("counsellor", -900, -200), ("administrator", -100, -29)], False),
    "twice, long ago": ([("counsellor", -900, -200), ("administrator", -100, -30)], True),
    "and begins again later": ([("counsellor", -900, -200), ("counsellor", 10, None)], False),
    "later, and that was ended": ([("counsellor", -900, -200), ("counsellor", 20, 19)], False),
    "of a family without a record": ([("parent", -30, None)], True),
    "of a family, just made": ([("parent", -29, None)], False),
    "never had one": ([], True),
}


def person(cast, name: str, roles=(("counsellor", -900, -40),), unit=None) -> User:
    word = name.replace(" ", "-").replace(",", "")
    user = User.objects.create_user(
        word, PASSWORD, name=f"Demo {word}", email=f"{word}@example.org", date_joined=JOINED
    )
    for role, begins, ends in roles:
        Membership.objects.create(
            user=user, role=role, unit=unit or cast.school.unit,
            starts_on=cast.today + timedelta(days=begins),
            ends_on=None if ends is None else cast.today + timedelta(days=ends),
        )  # fmt: skip
    return user


def invitation(cast, email: str, *, expires: int, **fields) -> Invitation:
    """One whose link works until so many days from now."""
    now = timezone.now()
    return Invitation.objects.create(
        email=email, name="Demo invited", role="counsellor", unit=cast.school.unit,
        starts_on=cast.today, secret_hash=email.encode()[:32], invited_by=cast.director,
        invited_at=now, expires_at=now + timedelta(days=expires), **fields,
    )  # fmt: skip


def over(cast) -> set[str]:
    """The user names of those whose account ends tonight."""
    keys = accounts_over(by=NIGHT, on=cast.today)
    return set(User.objects.filter(pk__in=keys).values_list("username", flat=True))


def end_all(cast) -> int:
    return end_all_that_is_over(by=NIGHT, on=cast.today)


def test_an_account_ends_when_nobody_needs_it_for_thirty_days_and_no_day_sooner(cast):
    for name, (roles, _ends) in ROLES.items():
        person(cast, name, roles)
    expected = {name.replace(" ", "-").replace(",", "") for name, row in ROLES.items() if row[1]}
    newcomer = person(cast, "made just now", [])
    User.objects.filter(pk=newcomer.pk).update(date_joined=timezone.now())
    family = person(cast, "a parent")
    cast.people["a parent"] = family
    cast.add_parent("a parent", "own")
    pupil = cast.pupils["own"]
    pupil.user = person(cast, "a pupil")
    pupil.save(update_fields=["user"])
    person(cast, "invited anew")
    invitation(cast, "Invited-Anew@example.org", expires=1)
    person(cast, "invited in vain")
    invitation(cast, "invited-in-vain@example.org", expires=-1)
    stand_in = person(cast, "a custodian")
    MedicalCustodian.objects.create(
        school=cast.school, user=stand_in, starts_on=LONG_AGO, named_by=cast.director
    )
    person(cast, "an officer", [("board-officer", -900, -40)], cast.board.unit)
    other_board = Unit.objects.create(kind="board", name="Stichting Verderop")
    person(cast, "the last officer", [("board-officer", -900, -40)], other_board)
    person(cast, "the one before", [("board-officer", -900, -50)], other_board)
    assert over(cast) == expected | {"invited-in-vain", "an-officer", "the-one-before"}
    with rolled_back():
        # A day later those of 29 days, and of the family that was just made, are over too.
        later = set(accounts_over(by=NIGHT, on=cast.today + timedelta(days=1)))
        now = set(accounts_over(by=NIGHT, on=cast.today))
        assert {user.username for user in User.objects.filter(pk__in=later - now)} == {
            "29-days-ago", "twice-once-lately", "of-a-family-just-made",
        }  # fmt: skip


def test_after_a_copy_was_put_back_roles_are_given_again_before_any_account_ends(cast, monkeypatch):
    person(cast, "hired again")
    for days, ends in ((13, set()), (14, {"hired-again"})):
        moment = timezone.now() - timedelta(days=days)
        monkeypatch.setattr(former, "restored_at", lambda moment=moment: moment)
        assert over(cast) == ends
    monkeypatch.setattr(former, "is_something_lost", lambda: True)
    assert over(cast) == set(), "and the log does not tell of it yet"


def test_who_began_something_that_is_open_stays_the_one_who_began_it(cast):
    board = cast.board.unit
    officers = {}
    for key in ("of_term", "of_erasure", "of_end", "idle"):
        officers[key] = cast.add_person(key, "privacy-officer", board)
    User.objects.update(date_joined=JOINED)
    lists = Lists(cast)
    with rolled_back():
        leave_all(cast)
        named = {"director", "privacy_officer", "counsellor", "other_counsellor", *officers}
        assert named <= over(cast)
    lists.approved("twelve")
    cast.people["privacy_officer"] = officers["of_term"]
    propose_a_term(cast)
    cast.people["privacy_officer"] = officers["of_erasure"]
    with acting_as(cast.other_counsellor, on=cast.today):
        note = write_note(
            part=cast.part("other"), text=NoteText("A talk", "It went well", ""),
            happened_on=cast.today, by=cast.other_counsellor, on=cast.today,
        )  # fmt: skip
    ask_to_erase(cast, "other", note, "it is of another child")
    decided_end(board, officers["of_end"])
    look_and_ask(cast, "own", parent="parent", teacher="counsellor", why="What for?")
    Finding.objects.create(
        unit=cast.school.unit, rule="emergency-card", day=cast.today, severity="middle",
        person=cast.coordinator, measured={}, subjects=[],
    )  # fmt: skip
    leave_all(cast)
    gone = over(cast)
    assert {"idle", "deputy", "other_counsellor", "administrator"} <= gone
    assert not gone & {
        "director", "privacy_officer", "of_term", "of_end", "of_erasure", "counsellor",
        "coordinator", "board_officer",
    }  # fmt: skip


def leave_all(cast) -> None:
    """Everybody's work ended forty days ago."""
    rows = Membership.objects.exclude(role__in=FAMILY_ROLES)
    rows.update(ends_on=cast.today - timedelta(days=40))


def test_what_lets_somebody_in_goes_and_the_name_stays_beside_what_they_wrote(
    cast, client, sign_in
):
    former = person(cast, "former colleague", [("counsellor", -900, None)])
    cast.people["writer"] = former
    cast.assign("writer", "own")
    with acting_as(former, on=cast.today):
        write_note(
            part=cast.part("own"), text=NoteText("A talk", "It went well", ""),
            happened_on=cast.today, by=former, on=cast.today,
        )  # fmt: skip
    address = EmailAddress.objects.create(user=former, email=former.email, verified=True)
    EmailConfirmation.objects.create(email_address=address, key="k", sent=timezone.now())
    give_factor(former)
    assert client.login(username=former.username, password=PASSWORD)
    UserSession.objects.create(
        user=former, session_key=client.session.session_key, ip="127.0.0.1", user_agent="A"
    )
    invitation(cast, former.email, expires=-300, accepted_at=timezone.now(), accepted_by=former)
    left = cast.today - timedelta(days=30)
    former.memberships.update(ends_on=left)
    before = LogEntry.objects.filter(event="accounts-ended").count()

    assert end_all(cast) == 1
    assert end_all(cast) == 0, "once is enough"

    now = User.objects.get(pk=former.pk)
    assert (now.name, now.email, now.is_active) == (former.name, None, False)
    assert now.has_ended
    assert not now.has_usable_password()
    assert now.last_login is None
    assert now.memberships.get().ends_on == left
    for table, column in (
        ("account_emailaddress", "user_id"), ("mfa_authenticator", "user_id"),
        ("usersessions_usersession", "user_id"), ("access_invitation", "accepted_by_id"),
        ("account_emailconfirmation", "null"), ("django_session", "null"),
    ):  # fmt: skip
        with connection.cursor() as cursor:
            where = f"where {column} = %s" if column != "null" else ""
            cursor.execute(f"select count(*) from {table} {where}", [now.pk] if where else None)
            assert cursor.fetchone() == (0,), table
    row = LogEntry.objects.filter(event="accounts-ended").latest("timestamp")
    assert LogEntry.objects.filter(event="accounts-ended").count() == before + 1
    assert row.additional_data == {"accounts": [str(former.pk)], "count": 1}
    assert former.name not in str(row.__dict__)
    assert not client.login(username=former.username, password=PASSWORD)
    dossier = cast.dossier("own")
    page = sign_in(cast.counsellor).get(reverse("dossier_part", args=[dossier.pk, "guidance"]))
    assert former.name in page.content.decode()


def test_who_comes_back_is_invited_anew_and_gets_a_new_account(cast, sign_in):
    former = person(cast, "former colleague")
    end_all(cast)
    by, on = cast.director, cast.today
    page = sign_in(by).get(reverse("staff_member", args=[former.pk])).content.decode()
    assert former.name in page
    assert "account ended" in page
    assert "gone-" not in page
    assert reverse("reopen_account", args=[former.pk]) not in page
    with acting_as(by, on=on), pytest.raises(Refused, match="Invite"):
        reopen_account(user=User.objects.get(pk=former.pk), by=by, on=on)
    wanted = Invited(former.name, former.email, "counsellor", cast.school.unit, on, None, "en")
    with acting_as(by, on=on):
        made = invite(invited=wanted, address=lambda secret: secret, by=by, on=on)
    with acting_as(None, on=on):
        new = accept_as_new(invitation=made, password=PASSWORD, on=on)
    assert new.pk != former.pk
    assert end_all(cast) == 0
    assert User.objects.get(pk=new.pk).is_active


def test_invitations_that_ran_out_and_names_of_a_school_year_that_is_over_go_too(cast):
    yesterday = cast.today - timedelta(days=1)
    earlier = SchoolYear.objects.create(
        board=cast.board, name="2019-2020", starts_on=LONG_AGO - timedelta(days=300),
        ends_on=yesterday,
    )  # fmt: skip
    invitation(cast, "a@example.org", expires=-29)
    old = invitation(cast, "b@example.org", expires=-30)
    taken_back = invitation(
        cast, "c@example.org", expires=6, withdrawn_at=timezone.now() - timedelta(days=30)
    )
    running, _over = (
        CounsellorProposal.objects.create(
            school=cast.school, school_year=year, source="Demo", teacher_key="7", name="B. Vos"
        )
        for year in (cast.year, earlier)
    )
    end_accounts_each_night(0)
    gone = [old.pk, taken_back.pk]
    assert not Invitation.objects.filter(pk__in=gone).exists()
    assert Invitation.objects.filter(email="a@example.org").exists()
    row = LogEntry.objects.filter(event="ran-out-ended").get()
    assert row.additional_data == {"invitations": 2, "proposals": 1}
    assert CounsellorProposal.objects.get() == running


def test_sessions_that_ran_out_go_and_those_that_run_stay(cast):
    now = timezone.now()
    for key, hours, listed in (
        ("runs", 1, -30),
        ("ran-out", -1, -30),
        ("half-signed-in", -1, None),
    ):
        Session.objects.create(session_key=key, expire_date=now + timedelta(hours=hours))
        if listed is not None:
            row = UserSession.objects.create(
                user=cast.counsellor, session_key=key, ip="127.0.0.1", user_agent="A"
            )
            UserSession.objects.filter(pk=row.pk).update(created_at=now + timedelta(hours=listed))
    end_accounts_each_night(0)
    assert [row.session_key for row in Session.objects.all()] == ["runs"]
    assert [row.session_key for row in UserSession.objects.all()] == ["runs"]


def test_who_gets_a_role_before_their_turn_keeps_the_account(cast):
    kept, ended = person(cast, "kept"), person(cast, "ended")
    keys = accounts_over(by=NIGHT, on=cast.today)
    assert {kept.pk, ended.pk} <= set(keys)
    by, on = cast.director, cast.today
    with acting_as(by, on=on):
        give_role(
            user=kept, role="counsellor", unit=cast.school.unit, starts_on=on, ends_on=None,
            by=by, on=on,
        )  # fmt: skip
    with acting_as(NIGHT, on=on):
        assert end_accounts([kept.pk, ended.pk], by=NIGHT, on=on) == 1
    assert User.objects.get(pk=kept.pk).is_active
    with acting_as(by, on=on), pytest.raises(Refused):
        give_role(
            user=ended, role="counsellor", unit=cast.school.unit, starts_on=on, ends_on=None,
            by=by, on=on,
        )  # fmt: skip


def test_one_that_can_not_be_ended_keeps_no_other_and_shows(cast, capsys):
    stuck, other = person(cast, "stuck"), person(cast, "other one")
    with connection.cursor() as cursor:
        cursor.execute(
            "create function t() returns trigger language plpgsql as $$ begin"
            f" if old.id = '{stuck.pk}' and new.username <> old.username then"
            " raise exception 'no'; end if; return new; end $$;"
            " create trigger t before update on access_user for each row execute function t()"
        )
    call_command("end_accounts", dry_run=True)
    assert sorted(capsys.readouterr().out.split()) == sorted([str(stuck.pk), str(other.pk)])
    with pytest.raises(CommandError, match="1"):
        call_command("end_accounts")
    with pytest.raises(SomeAccountsStayed):
        end_all(cast)
    assert User.objects.get(pk=other.pk).has_ended
    assert not User.objects.get(pk=stuck.pk).has_ended


@pytest.mark.parametrize(
    "call",
    [
        "retention_accounts_over(null)",
        "retention_end_accounts('{}')",
        "retention_end_invitations()",
        "retention_end_proposals()",
        "retention_watching_over(1)",
        "retention_end_watching('{}')",
        "retention_remove_accounts(array(select id from access_user limit 1))",
    ],
)
def test_the_web_login_ends_nothing_of_this(cast, call):
    with sign_in_as_web() as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute(f"select {call}")


def test_ten_thousand_people_are_asked_about_in_one_pass(cast):
    """No query for each: the plan looks into no table once for every person."""
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'retention_accounts_over'")
        body = cursor.fetchone()[0].replace("wanted is null or u.id = any (wanted)", "true")
        cursor.execute(f"explain {body}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "SubPlan" not in plan, plan
