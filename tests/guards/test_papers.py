"""What the papers name is there: decisions, links, commands."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

from tests.guards.rooms import ROOT, kept_files

DECISIONS = ROOT / "docs" / "adr"
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def papers() -> list[Path]:
    found = [path for path in kept_files() if path.suffix == ".md"]
    assert len(found) > 20, "the guard reads no paper"
    return found


def decisions() -> dict[str, str]:
    """Each file of a decision with its first line."""
    return {path.name: path.read_text().splitlines()[0] for path in DECISIONS.glob("0*.md")}


def test_decisions_are_numbered_one_by_one():
    numbers = sorted(int(name[:4]) for name in decisions())
    assert numbers == list(range(1, len(numbers) + 1))
    titles = decisions().items()
    assert not [name for name, title in titles if not title.startswith(f"# {int(name[:4])}. ")]


def test_the_list_of_decisions_names_each_by_its_title():
    listed = (DECISIONS / "README.md").read_text()
    for name, heading in decisions().items():
        number, title = heading.removeprefix("# ").split(". ", 1)
        assert f"| [{number}]({name}) | {title} |" in listed


def test_a_superseded_decision_says_so_and_by_which():
    superseded = []
    for path in DECISIONS.glob("0*.md"):
        for older in re.findall(r"^Supersedes .*", path.read_text(), re.MULTILINE):
            for name in LINK.findall(older):
                superseded.append(name)
                assert re.search(rf"^\*.*\({path.name}\)", (DECISIONS / name).read_text(), re.M)
    assert len(superseded) > 5


def test_every_link_leads_somewhere():
    broken = [
        f"{paper}: {link}"
        for paper in papers()
        for link in LINK.findall((ROOT / paper).read_text())
        if not (ROOT / paper).parent.joinpath(link).exists()
    ]
    assert not broken


def test_every_decision_that_is_named_exists():
    last = len(decisions())
    named = [
        (path, int(number))
        for path in kept_files()
        if path.suffix in {".md", ".py"}
        for number in re.findall(r"\bADR (\d+)", (ROOT / path).read_text())
    ]
    assert len(named) > 10
    assert not [one for one in named if one[1] > last]


def test_every_command_that_is_named_exists():
    known = get_commands().keys()
    for paper in papers():
        text = (ROOT / paper).read_text()
        for command in re.findall(r"manage\.py ([a-z_]+)", text):
            assert command in known, f"{paper} names {command}"
        for script in re.findall(r"\bscript/([a-z_]+)", text):
            assert (ROOT / "script" / script).is_file(), f"{paper} names script/{script}"
        for module in re.findall(r"python3? -m (launcher\.\w+)", text):
            assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), f"{paper}: {module}"
