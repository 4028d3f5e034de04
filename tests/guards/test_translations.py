"""Both languages are complete: every text of the source stands in Dutch, and none is doubtful."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from launcher.translations import ROOMS, collect

ROOT = Path(__file__).resolve().parents[2]
DUTCH = Path("locale/nl/LC_MESSAGES/django.po")
_COUNTED = re.compile(
    r"{% blocktranslate[^%]*\bcount\b[^%]*%}(.*?){% plural %}(.*?){% endblocktranslate %}", re.S
)
_PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="nl")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Catalog:
    """The texts as they would be collected now, with the translations there are."""
    copy = tmp_path_factory.mktemp("texts")
    for room in (*ROOMS, "locale"):
        shutil.copytree(ROOT / room, copy / room)
    collect(copy)
    return read(copy / DUTCH)


def test_every_text_of_the_source_is_collected(collected):
    known = {message.id for message in read(ROOT / DUTCH)}
    missing = [m.id for m in collected if m.id and m.id not in known]
    assert not missing, f"run script/translations and translate: {missing[:20]}"


def test_every_text_is_translated_and_none_is_doubtful():
    unfinished = []
    for message in read(ROOT / DUTCH):
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(given)):
            unfinished.append(message.id)
    assert not unfinished, f"{len(unfinished)} texts have no Dutch yet: {unfinished[:20]}"


def test_a_translation_keeps_the_places_for_values():
    wrong = []
    for message in read(ROOT / DUTCH):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {name for text in ids for pair in _PLACES.findall(text) for name in pair if name}
        for text in filter(None, given):
            used = {name for pair in _PLACES.findall(text) for name in pair if name}
            if not used <= wanted or (len(ids) == 1 and used != wanted):
                wrong.append(ids[0])
    assert not wrong, wrong


def test_one_singular_has_one_plural():
    """A catalogue finds a plural by its singular: a second plural would never be translated."""
    plurals: dict[str, set[str]] = {}
    for template in (ROOT / "templates").rglob("*.*"):
        for singular, plural in _COUNTED.findall(template.read_text()):
            plurals.setdefault(" ".join(singular.split()), set()).add(" ".join(plural.split()))
    double = {singular: found for singular, found in plurals.items() if len(found) > 1}
    assert not double, double
