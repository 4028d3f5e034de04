"""Papers in docs/ that are written from the code: who may do what, and the promises."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.urls import URLResolver, get_resolver
from django.utils.translation import override

from access.gate import OPEN_VIEWS, Gate
from access.permissions import Permission
from access.rights import WEB_RIGHTS
from access.roles import ROLES
from dossiers.rules import REACHES
from overview.promises import PROMISES, Promise

_WRITTEN = (
    "Written by `manage.py write_docs` from the code. Do not edit: change the code, write again.\n"
)


def who_may_do_what() -> str:
    """Roles, permissions, the pages they open, what assignments open, and what the login may."""
    with override("en"):
        parts = [
            f"# Who may do what\n\n{_WRITTEN}",
            "## Roles\n\nA role opens pages, never a dossier.\n\n" + _roles(),
            "## Permissions and the pages they open\n\n" + _permissions(),
            "## What an assignment opens\n\n" + _assignments(),
            "## Pages before the gate\n\n" + _open_pages(),
            "## What the web login may do in the database\n\n" + _login(),
        ]
    return "\n".join(parts)


def _roles() -> str:
    head = "| Role | Held at | What it is for | May |\n|---|---|---|---|\n"
    rows = [
        f"| {role.label} | {role.holds_at} | {role.sentence} "
        f"| {', '.join(sorted(role.permissions))} |\n"
        for role in ROLES.values()
    ]
    return head + "".join(rows)


def _permissions() -> str:
    pages: dict[Permission, list[str]] = defaultdict(list)
    for name, route, gate in sorted(gated_pages()):
        methods = ", ".join(method for method in gate.methods if method != "HEAD")
        shows = "" if gate.shows == "nothing" else f", shows {gate.shows}"
        pages[gate.permission].append(f"- `/{route}` {name} ({methods}{shows})\n")
    text = ""
    for permission in Permission:
        held = [str(role.label) for role in ROLES.values() if permission in role.permissions]
        text += f"### {permission}\n\nHeld by: {', '.join(held)}.\n\n"
        text += "".join(pages[permission]) or "- asked for inside other pages\n"
        text += "\n"
    return text


def gated_pages() -> Iterator[tuple[str, str, Gate]]:
    """(name, address, gate) of every page behind the gate."""
    yield from _gated_below(get_resolver(), "")


def _gated_below(resolver: URLResolver, above: str) -> Iterator[tuple[str, str, Gate]]:
    for entry in resolver.url_patterns:
        route = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _gated_below(entry, route)
        elif (gate := getattr(entry.callback, "gate", None)) is not None:
            yield str(entry.name), route, gate


def _assignments() -> str:
    head = "| Kind | Parts of one dossier |\n|---|---|\n"
    return head + "".join(
        f"| {kind} | {', '.join(part.value for part in parts)} |\n"
        for kind, parts in REACHES.items()
    )


def _open_pages() -> str:
    return "".join(f"- {name}: {reason}\n" for name, reason in OPEN_VIEWS.items())


def _login() -> str:
    head = "| Table | `portal_web` may |\n|---|---|\n"
    return head + "".join(
        f"| {table} | {rights} |\n"
        for tables in WEB_RIGHTS.values()
        for table, rights in sorted(tables.items())
    )


def promises(proofs: Mapping[str, list[str]]) -> str:
    """Every promise with the code that keeps it and the tests that prove it."""
    with override("en"):
        parts = [f"# The promises\n\n{_WRITTEN}"]
        parts += [_promise(promise, proofs.get(promise.code, [])) for promise in PROMISES]
    return "\n".join(parts)


def _promise(promise: Promise, proofs: list[str]) -> str:
    text = f"## {promise.code} ({promise.state.label})\n\n{promise.sentence}\n"
    if promise.how:
        text += f"\n{promise.how}\n"
    if promise.kept_by:
        text += "\nKept by: " + ", ".join(f"`{path}`" for path in promise.kept_by) + ".\n"
    if proofs:
        text += "\nProved by:\n\n" + "".join(f"- {proof}\n" for proof in proofs)
    return text


def proofs_in(tests: Path) -> dict[str, list[str]]:
    """Promise -> the tests with its mark, read from their source without running them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        place = path.relative_to(tests.parent).as_posix()
        module = ast.parse(path.read_text(encoding="utf-8"))
        everywhere = [code for node in module.body for code in _marks_for_all(node)]
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = [code for mark in node.decorator_list for code in _codes(mark)]
                for code in sorted({*own, *everywhere}):
                    found[code].append(f"`{place}`: {node.name[5:].replace('_', ' ')}")
    return found


def _marks_for_all(node: ast.stmt) -> list[str]:
    """Promises of a file's `pytestmark = ...`."""
    if not isinstance(node, ast.Assign):
        return []
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    return _codes(node.value) if "pytestmark" in names else []


def _codes(mark: ast.AST) -> list[str]:
    """The promises that a decorator or a list of marks names."""
    return [
        str(call.args[0].value)
        for call in ast.walk(mark)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "promise"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
