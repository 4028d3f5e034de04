"""Habits of the house that a reader of the source can check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.guards.rooms import ROOT, functions, python_files, tree

# What an HTTP request or its pages need; everything below the views knows nothing of it.
OF_PAGES = re.compile(r"(^|\.)(views|forms)(\.|$)|^django\.(shortcuts|template|http|urls)")
BELOW_VIEWS = {"actions", "queries", "models", "rules"}
# Mails and answers to a form hold an address, which only Django knows.
KNOWS_ADDRESSES = {"django.urls": {"reverse"}, "django.template.loader": {"render_to_string"}}


def test_nothing_below_the_views_knows_a_page():
    """Actions never call views: a job and a command do the same without a request."""
    found = []
    for path in python_files(rooms_only=True):
        if not BELOW_VIEWS & {path.stem, *path.parent.parts}:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or not OF_PAGES.search(node.module or ""):
                continue
            names = {alias.name for alias in node.names}
            if names - KNOWS_ADDRESSES.get(node.module or "", set()):
                found.append(f"{path}:{node.lineno} imports {sorted(names)} of {node.module}")
    assert not found, found


def test_each_library_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    libraries = [
        line for line in text.splitlines() if re.match(r'\s+"[a-z][\w.\[\],-]+[~><=]', line)
    ]
    assert len(libraries) > 30, "the guard reads no library"
    assert not [line for line in libraries if not re.search(r"#\s+\w+", line)]


def test_the_name_of_a_test_is_a_sentence():
    tests = [
        f"{path}:{function.name}"
        for path in python_files()
        if path.parts[0] == "tests" and path.name.startswith("test_")
        for function in functions(path)
        if function.name.startswith("test_")
    ]
    assert len(tests) > 500
    assert not [name for name in tests if name.split(":")[1].count("_") < 3]


def test_booleans_of_a_model_ask():
    """`is_secret`, `has_key`, `may_open`: read aloud it is a question."""
    found = [
        f"{path}:{node.lineno} {node.targets[0].id}"
        for path in python_files(rooms_only=True)
        if "models" in {path.stem, *path.parent.parts}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "attr", "") == "BooleanField"
        and isinstance(node.targets[0], ast.Name)
        and not re.match(r"(is|has|may|was|wants|needs|can)_", node.targets[0].id)
    ]
    assert not found, found


def test_an_action_stands_in_a_savepoint_of_its_own():
    """Refused half-way it leaves nothing, so that the page can say why instead of failing."""
    actions, bare = _functions_of_actions(), []
    for (path, name), function in actions.items():
        if name.startswith("_") or not _keywords(function) >= {"by", "on"}:
            continue
        marks = {ast.unparse(mark) for mark in function.decorator_list}
        if _records(path, function, actions) and "transaction.atomic" not in marks:
            bare.append(f"{path}:{function.lineno} {name}")
    assert len(actions) > 100, "the guard reads no actions"
    assert not bare, f"{bare}: put @transaction.atomic on it"


def _functions_of_actions() -> dict[tuple[Path, str], ast.FunctionDef]:
    """Every function at the top of a module of actions."""
    return {
        (path, node.name): node
        for path in python_files(rooms_only=True)
        if "actions" in {path.stem, *path.parent.parts} and path.parts[0] != "audit"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
    }


def _keywords(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in function.args.kwonlyargs}


def _records(
    path: Path, function: ast.FunctionDef, actions: dict[tuple[Path, str], ast.FunctionDef]
) -> bool:
    """Whether it records an event, itself or through a function of its own module."""
    called = {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } - {function.name}
    return "record" in called or any(
        _records(path, actions[path, name], actions) for name in called if (path, name) in actions
    )
