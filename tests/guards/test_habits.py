"""Habits of the house that a reader of the source can check."""

from __future__ import annotations

import ast
import re

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
