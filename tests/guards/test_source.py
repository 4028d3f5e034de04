"""House rules that only reading the source can check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.guards.addresses import all_visibility_queries
from tests.guards.rooms import ROOT, functions, kept_files, python_files, tree, view_files

FILE, FUNCTION, TEMPLATE = 320, 44, 130  # about 300, 40 and 120
BANNED_NAMES = {"utils", "helpers", "common", "services", "util", "helper", "misc", "signals"}
# Bigger than usual, each with the reason. A line here that is no longer needed fails.
LARGER: dict[str, str] = {
    "demo/school_files.py:parents_csv": "one row of the file, column by column",
}


# Where nobody's data can show, so there is no visibility to ask.
NO_VISIBILITY_TO_ASK = {
    Path("demo/views.py"): "looks up one of its own invented people",
    Path("access/views/entrance.py"): "somebody's own second factors, before the gate",
}
# Our own drawing, made by a library from a secret that the page shows in letters too.
SAFE_MARKUP = {"templates/mfa/totp/activate_form.html": "{{ totp_svg|safe }}"}

# Registered with a room below, which calls them in its own order.
CALLED_BACK = {"end_with_membership"}


def test_no_drawer_for_odds_and_ends():
    drawers = [
        str(path)
        for path in kept_files()
        if path.suffix in {".py", ".html"} and BANNED_NAMES & {path.stem, *path.parent.parts}
    ]
    assert not drawers, f"{drawers}: name a file after what is in it"


def test_views_fetch_only_through_the_visibility_queries():
    """A view that reaches for a table itself has not asked who is looking."""
    found = []
    for path in view_files():
        for node in ast.walk(tree(path)):
            if path in NO_VISIBILITY_TO_ASK:
                continue
            if isinstance(node, ast.Attribute) and node.attr in {
                "objects",
                "_default_manager",
                "_base_manager",
            }:
                found.append(f"{path}:{node.lineno}")
            if _fetches_a_whole_table(node):
                found.append(f"{path}:{node.lineno}")
    assert not found, f"{found}: fetch through queries.<things>_visible_to(request.user, on=...)"


def _fetches_a_whole_table(node: ast.AST) -> bool:
    """`get_object_or_404(Model, ...)`, `connection.cursor()` and raw SQL."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name in {"get_object_or_404", "get_list_or_404"} and node.args:
        return isinstance(node.args[0], ast.Name) and node.args[0].id[:1].isupper()
    return name in {"cursor", "raw", "acting_as", "record"}


def test_views_do_not_write():
    """Views never save: an action does, and records it."""
    verbs = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
    found = [
        f"{path}:{node.lineno}"
        for path in view_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in verbs
    ]
    assert not found


def test_no_signals_of_our_own_and_no_logic_in_save():
    banned = {"django.db.models.signals", "django.dispatch"}
    found = []
    for path in python_files(rooms_only=True):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module in banned:
                found.append(f"{path}:{node.lineno} imports signals")
            if isinstance(node, ast.ClassDef) and "models" in str(path):
                found += [
                    f"{path}:{f.lineno} {node.name}.{f.name}"
                    for f in node.body
                    if isinstance(f, ast.FunctionDef) and f.name in {"save", "delete", "__init__"}
                ]
    assert not found


def test_rules_know_no_django_no_database_and_no_clock():
    banned = re.compile(r"^(django|access|audit|vault|time$|psycopg|.*\.models|.*\.queries)")
    found = []
    for path in python_files(rooms_only=True):
        if path.stem != "rules" and path.parent.name != "rules":
            continue
        for node in ast.walk(tree(path)):
            modules = []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            found += [f"{path}:{node.lineno} {m}" for m in modules if banned.match(m)]
            if isinstance(node, ast.Attribute) and node.attr in {"today", "now", "localdate"}:
                found.append(f"{path}:{node.lineno} asks what time it is")
    assert not found


def test_nobody_below_views_and_commands_asks_what_day_it_is():
    """The day is `on=`: what happens on a day can be asked for any day."""
    outside = {
        "views", "middleware", "context", "navigation", "forms", "adapters", "env", "tasks",
    }  # fmt: skip
    found = [
        f"{path}:{node.lineno}"
        for path in python_files(rooms_only=True)
        if not {path.stem, *path.parent.parts} & (outside | {"commands", "demo"})
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"today", "localdate"}
    ]
    assert not found, f"{found}: take the day as `on=`"


def test_actions_say_who_acts_by_keyword():
    """Nobody mixes up who acts with whom it is about."""
    found = []
    for path in python_files(rooms_only=True):
        if "actions" not in {path.stem, *path.parent.parts} or path.parts[0] == "audit":
            continue
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            asks = node.name.startswith(("may_", "manages_", "is_"))
            by_place = "by" in {a.arg for a in node.args.args}
            if by_place and not asks and node.name not in CALLED_BACK:
                found.append(f"{path}:{node.lineno} {node.name}")
    assert not found, f"{found}: def verb(*, ..., by, on)"


def test_no_work_left_for_later_and_no_silenced_check_without_a_reason():
    later = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
    silenced = re.compile(r"#\s*(noqa|type:\s*ignore|nosec)\b(?P<rest>.*)$")
    found = []
    for path in python_files(with_migrations=True):
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1):
            if later.search(line) or "NotImplemented" + "Error" in line:
                found.append(f"{path}:{number} left for later")
            match = silenced.search(line)
            if match and path.parts[0] not in {"tests", "bench"}:
                rest = re.sub(r"^[:\s]*(\[[^\]]*\]|[A-Z]+[0-9]+)?", "", match["rest"])
                if len(rest.split()) < 1:
                    found.append(f"{path}:{number} silences a check without saying why")
    assert not found


@pytest.mark.parametrize("mark", ["skip", "skipif", "xfail", "importorskip"])
def test_no_test_is_left_out(mark):
    """Only a browser journey may find no browser; script/test says that loudly."""
    found = []
    for path in python_files():
        names = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
        needs_browser = mark == "skipif" and "browser" in {node.attr for node in names}
        if path.parts[0] == "tests" and not needs_browser:
            found += [f"{path}:{node.lineno}" for node in names if node.attr == mark]
    assert not found


def _sizes() -> dict[str, int]:
    """Everything above the usual ceiling, with its lines."""
    large = {}
    for path in kept_files():
        if path.parts[0] == "tests" or "migrations" in path.parts:
            continue
        lines = len((ROOT / path).read_text(errors="replace").splitlines())
        ceiling = {".py": FILE, ".html": TEMPLATE, ".css": FILE, ".js": FILE}.get(path.suffix)
        if ceiling and lines > ceiling:
            large[str(path)] = lines
    for path in python_files():
        if path.parts[0] == "tests":
            continue
        for function in functions(path):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION:
                large[f"{path}:{function.name}"] = lines
    return large


def test_files_functions_and_templates_stay_small():
    large = {name: lines for name, lines in _sizes().items() if name not in LARGER}
    assert not large, f"split these, or give a reason in LARGER: {large}"


def test_the_list_of_larger_things_holds_nothing_that_became_small():
    assert not set(LARGER) - set(_sizes())


def test_every_visibility_query_is_registered():
    """`..._visible_to` without the decorator can't be switched off by the walk."""
    registered = set(all_visibility_queries())
    bare = set()
    for path in python_files(rooms_only=True):
        for function in functions(path):
            asks = function.name.endswith(("_visible_to", "_kept_by"))
            if asks and function.name not in registered and not registered & _names_in(function):
                bare.add(f"{path}:{function.name}")
    assert not bare, f"put @visibility_of on {sorted(bare)}, or start from one that has it"


def test_every_visibility_query_is_used():
    used = set().union(*(_names_in(tree(path)) for path in python_files(rooms_only=True)))
    unused = set(all_visibility_queries()) - used
    assert not unused, f"nobody uses {sorted(unused)}: take it out"


def _names_in(node: ast.AST) -> set[str]:
    found = (n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute))
    return {getattr(n, "id", getattr(n, "attr", "")) for n in found}


def test_titles_of_pages_hold_no_names():
    """Browsers keep titles in their history."""
    block = re.compile(r"{%\s*block title\s*%}(.*?){%\s*endblock", re.DOTALL)
    found = [
        str(path)
        for path in kept_files()
        if path.suffix == ".html"
        for title in block.findall((ROOT / path).read_text(encoding="utf-8"))
        if re.search(r"{{.*\b(pupil|parent|first_name|surname|full_name|child)", title)
    ]
    assert not found


def test_nothing_marks_text_as_safe_that_somebody_typed():
    found = []
    for path in kept_files():
        if path.suffix == ".html" and path.parts[0] == "templates":
            text = (ROOT / path).read_text(encoding="utf-8")
            text = text.replace(SAFE_MARKUP.get(str(path), "{#"), "")
            if re.search(r"\|\s*safe\b|{%\s*autoescape off", text):
                found.append(str(path))
    for path in python_files(rooms_only=True):
        found += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", ""))
            in {"mark_safe", "SafeString", "SafeText"}
        ]
    assert not found


def test_no_inline_style_or_script_that_the_policy_would_refuse():
    found = [
        str(path)
        for path in kept_files()
        if path.suffix == ".html"
        and re.search(
            r"<script(?![^>]*\b(?:src=|type=.application/json))[^>]*>|\sstyle=|\son(click|load|change|submit)=|javascript:",
            (ROOT / path).read_text(encoding="utf-8"),
        )
    ]
    assert not found


def test_the_guards_look_at_something():
    """A guard that reads no file proves nothing."""
    assert all_visibility_queries()
    assert {"access", "dossiers", "overview"} <= {path.parts[0] for path in view_files()}
    assert len(list(python_files(rooms_only=True))) > 40


def test_papers_point_at_what_exists():
    """A link or a picture that leads nowhere is the first thing a newcomer meets."""
    papers = [path for path in kept_files() if path.suffix == ".md"]
    assert len(papers) > 10
    broken = [
        f"{path}: {target}"
        for path in papers
        for target in re.findall(r"\]\(([^)#]+)", (ROOT / path).read_text(encoding="utf-8"))
        if "://" not in target and not (ROOT / path.parent / target).exists()
    ]
    assert not broken, broken


def test_what_a_request_carries_has_a_type():
    """Our middleware sets it once; `access.requests` and the gate say what it is."""
    found = [
        f"{path}:{number}"
        for path in python_files(rooms_only=True)
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\brequest\.\w+.*# type: ignore", line)
    ]
    assert not found, f"{found}: declare it on a class of its own"
