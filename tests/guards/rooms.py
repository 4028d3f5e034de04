"""The files of the product, for the guards that read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_ROOMS = {"tests", "launcher", "bench", "script", "docs", "deploy"}


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep, from the root of the repository."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode == 0:
        names = [Path(line) for line in said.stdout.splitlines()]
    else:  # not a clone: an unpacked copy
        left_out = {".venv", "var", "staticfiles", "__pycache__"}
        names = [p.relative_to(ROOT) for p in ROOT.rglob("*") if not left_out & set(p.parts)]
    return tuple(sorted({p for p in names if (ROOT / p).is_file()}))


def python_files(*, rooms_only: bool = False, with_migrations: bool = False) -> Iterator[Path]:
    """Our Python files; of the rooms only, without their migrations, unless told otherwise."""
    for path in kept_files():
        if path.suffix != ".py" or ("migrations" in path.parts and not with_migrations):
            continue
        if rooms_only and (len(path.parts) == 1 or path.parts[0] in NOT_ROOMS):
            continue
        yield path


def view_files() -> list[Path]:
    """Every file with pages in it."""
    return [
        path
        for path in python_files(rooms_only=True)
        if path.stem.endswith("views") or "views" in path.parent.parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, methods and inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
