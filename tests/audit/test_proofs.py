"""What is taken along of the log is checked offline, by a script that needs nothing but Python."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit import proof
from audit.actions import write
from audit.heads import newest_head
from audit.models import LogEntry
from audit.verify import NotGood, check_bundle
from tests.audit.seals import MONTHS, a_row, seal, sealed_log

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]
PUPIL = uuid.UUID("5e5e5e5e-1111-4111-8111-111111111111")


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.LOG_HEADS = tmp_path / "heads" / "log-heads"
    return tmp_path


def about_pupil(*, at: Any) -> None:
    """A row about the pupil, with everything a row may hold, between two that are not."""
    write(
        [
            a_row(timestamp=at),
            a_row(
                timestamp=at,
                subjects=[PUPIL, uuid.uuid4()],
                actor_name="Demo Ünïcode",
                changes=["facts"],
                remote_addr="2001:db8::1",
                additional_data={"page": "dossier", "numbers": [1, {"b": None, "aa": True}]},
            ),
            a_row(timestamp=at),
        ]
    )


def exported(folder: Path, *asked: str, name: str = "proof.zip") -> Path:
    call_command("export_proof", *asked, "--into", str(folder / name))
    return folder / name


def run_offline(bundle: Path, *arguments: str) -> tuple[int, str]:
    """Unpacked elsewhere and run by a bare Python, as whoever was given it does."""
    place = bundle.with_suffix(".unpacked")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(place)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", place / "verify.py", bundle, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={},
        cwd=place,
    )
    assert not ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


def changed(bundle: Path, name: str, change: Callable[[list[dict]], None]) -> Path:
    """The same bundle with the lines of one of its files changed."""
    new = bundle.with_name(f"changed-{uuid.uuid4()}.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(new, "w") as archive:
        for item in old.namelist():
            data = old.read(item)
            if item == name:
                lines = [json.loads(line) for line in data.splitlines()]
                change(lines)
                data = "\n".join(json.dumps(line) for line in lines).encode()
            archive.writestr(item, data)
    return new


def refusal(bundle: Path, head: str = "") -> str:
    with zipfile.ZipFile(bundle) as archive, pytest.raises(NotGood) as problem:
        check_bundle(archive, head)
    return str(problem.value)


def test_a_pupils_rows_are_proved_offline_and_a_changed_one_is_not(today, folder):
    sealed_log()
    about_pupil(at=MONTHS[0])
    about_pupil(at=MONTHS[2])
    seal()
    bundle = exported(folder, "--pupil", str(PUPIL))
    head = newest_head().link_hex
    code, said = run_offline(bundle, "--head", head)
    assert code == 0, said
    assert "2 rows are as they were sealed" in said
    assert head in said
    row = LogEntry.objects.get(event="log-proof-exported")
    assert (row.subjects, row.additional_data["rows"]) == ([PUPIL], 2)

    def another_name(rows: list[dict]) -> None:
        rows[0]["actor_name"] = "Somebody else"

    code, said = run_offline(changed(bundle, "rows.jsonl", another_name))
    assert code == 1
    assert said.startswith("NOT GOOD: Row ")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("rows.jsonl", lambda rows: rows.pop(), "There are 1 rows instead of 2"),
        ("rows.jsonl", lambda rows: rows[0].update(seal=6), "does not belong under seal 6"),
        ("rows.jsonl", lambda rows: rows[1].update(number=rows[1]["number"] + 1), "is not as it"),
        ("rows.jsonl", lambda rows: rows[1].update(mark="00" * 20), "is not as it was sealed"),
        ("seals.jsonl", lambda seals: seals.pop(1), "is missing"),
        ("seals.jsonl", lambda seals: seals[1].update(rows=9), "does not hang on the one before"),
        ("seals.jsonl", lambda seals: seals[1].update(root="00" * 32), "does not hang"),
        ("seals.jsonl", lambda seals: seals.__delitem__(slice(1, None)), "There is no seal"),
    ],
)
def test_whatever_is_changed_in_a_bundle_is_told(today, folder, name, change, said):
    about_pupil(at=MONTHS[0])
    seal()
    about_pupil(at=MONTHS[2])
    seal()
    sealed_log()
    bundle = exported(folder, "--pupil", str(PUPIL))
    assert said in refusal(changed(bundle, name, change))
    assert "head you gave" in refusal(bundle, "ab" * 32)


def test_a_period_is_proved_with_whole_batches_so_that_no_row_is_left_out(today, folder):
    sealed_log()
    bundle = exported(folder, "--period", "2026-09-01", "2026-09-30")
    code, said = run_offline(bundle)
    assert code == 0, said
    assert "4 rows are as they were sealed" in said
    assert "No row of these batches is missing." in said
    for change, words in (
        (lambda rows: rows.pop(), "were 4 rows, not 3"),
        (lambda rows: rows.reverse(), "are not as they were sealed"),
        (lambda rows: rows.clear(), "none prove nothing"),
    ):
        assert words in refusal(changed(bundle, "rows.jsonl", change))


def test_nothing_is_written_over_and_nothing_is_not_proved(today, folder):
    sealed_log()
    with pytest.raises(CommandError, match="no sealed row"):
        exported(folder, "--pupil", str(uuid.uuid4()), name="none.zip")
    with pytest.raises(CommandError, match="no sealed row"):
        exported(folder, "--period", "2026-01-01", "2026-01-31", name="empty.zip")
    assert not [*folder.glob("*.zip")]
    bundle = exported(folder, "--period", "2026-09-01", "2026-09-30")
    assert bundle.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        exported(folder, "--period", "2026-09-01", "2026-09-30")


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 8, 13, 100])
def test_each_leaf_of_a_tree_of_any_size_leads_to_its_root(number):
    leaves = [proof.leaf_of(bytes([n])) for n in range(number)]
    levels = proof.levels_of(leaves)
    for place, one in enumerate(leaves):
        assert proof.root_by_path(one, proof.path_in(levels, place)) == proof.root_of(leaves)
    if not leaves:
        assert proof.root_of(leaves) == proof.EMPTY


# The tree of RFC 6962 over these leaves, as other implementations work it out.
KNOWN_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
KNOWN_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
}


@pytest.mark.parametrize(("number", "root"), KNOWN_ROOTS.items())
def test_the_tree_is_that_of_rfc_6962(number, root):
    leaves = [proof.leaf_of(bytes.fromhex(text)) for text in KNOWN_LEAVES[:number]]
    assert proof.root_of(leaves).hex() == root
