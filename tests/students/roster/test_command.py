"""The command does what the pages do, says no names, and stops where a person must decide."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from students.models import Pupil, RosterImport
from tests.students.roster.files import edexml, pupil

SCHOOL = "<schooljaar>2026-2027</schooljaar><brincode>99DA</brincode>"


@pytest.fixture
def run(cast, tmp_path):
    """Writes a file and runs the command on it; gives what it printed."""

    def go(data: bytes, *options: str, by: str = "administrator", school: str = "99da") -> str:
        path = tmp_path / "edex.xml"
        path.write_bytes(data)
        out = io.StringIO()
        call_command(
            "import_roster",
            str(path),
            f"--school={school}",
            f"--by={by}",
            "--source=parnassys",
            *options,
            stdout=out,
        )
        return out.getvalue()

    return go


def test_a_dry_run_shows_the_plan_and_keeps_nothing(run):
    said = run(edexml([pupil("p1", bsn="000000012")], school=SCHOOL), "--dry-run", "--approve")
    assert "bsn 1" in said
    assert "Duinmeijer" not in said
    assert not RosterImport.objects.exists()


def test_without_approval_the_plan_waits(run):
    run(edexml([pupil("p1")], school=SCHOOL))
    assert RosterImport.objects.get().state == RosterImport.State.PLANNED
    assert not Pupil.objects.filter(source_keys__key="p1").exists()


def test_an_approved_file_is_applied_and_a_second_time_changes_nothing(run):
    data = edexml([pupil("p1")], school=SCHOOL)
    assert "Applied." in run(data, "--approve")
    assert Pupil.objects.filter(source_keys__key="p1").count() == 1
    assert ": 1\nThrown" in run(data)


def test_questions_stop_the_command(run):
    run(edexml([pupil("p1"), pupil("p2", roepnaam="Bram")], school=SCHOOL), "--approve")
    with pytest.raises(CommandError, match="1 lines wait"):
        run(edexml([pupil("p1")], school=SCHOOL), "--approve")


def test_a_broken_file_tells_every_line_and_no_name(run, capsys):
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 mistakes"):
        run(edexml([pupil("p1"), pupil("p1"), pupil("p2", geboortedatum="x")], school=SCHOOL))
    assert "Duinmeijer" not in out.getvalue() + capsys.readouterr().out
    assert RosterImport.objects.get().state == RosterImport.State.BROKEN


@pytest.mark.parametrize(
    ("by", "school"),
    [("nobody", "99da"), ("administrator", "00xx"), ("counsellor", "99da"), ("former", "99da")],
)
def test_who_may_not_import_is_refused(run, by, school):
    with pytest.raises(CommandError):
        run(edexml([pupil("p1")], school=SCHOOL), by=by, school=school)
    assert not RosterImport.objects.exists()
