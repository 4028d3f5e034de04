"""A parents file becomes rows, however Excel saved it."""

from __future__ import annotations

from datetime import date

import pytest

from students.roster.parents_csv import COLUMNS, template
from students.roster.problems import BrokenFile
from students.roster.reading import read_upload
from students.roster.records import Authority, ParentsFile, Relation
from tests.students.roster.files import HEADER, ON, parent_row, parents_csv


def read(data: bytes) -> ParentsFile:
    found = read_upload(data, on=ON)
    assert isinstance(found, ParentsFile)
    return found


def problems_of(data: bytes) -> list[tuple[str, int]]:
    with pytest.raises(BrokenFile) as broken:
        read_upload(data, on=ON)
    assert all(one.words for one in broken.value.problems)
    return [(one.code, one.line) for one in broken.value.problems]


def test_a_row_is_one_parent_of_one_pupil():
    (row,) = read(parents_csv(parent_row())).rows
    assert (row.parent_key, row.pupil_key) == ("o1", "p1")
    assert (row.first_name, row.prefix, row.surname) == ("Sanne", "van", "Duinmeijer")
    assert (row.street, row.postcode, row.city) == ("Zeedijkje 12", "9999 XX", "Verzonnen")
    assert row.is_secret is False
    assert row.email == "sanne@voorbeeld.invalid"
    assert (row.relation, row.authority) == (Relation.MOTHER, Authority.YES)
    assert (row.since, row.source) == (date(2017, 3, 5), "inschrijfformulier")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_each_way_of_saving_reads_the_same(encoding, delimiter, ending):
    text = parents_csv(parent_row(first="Zoë", source='"formulier, blad 2"')).decode()
    if delimiter == ",":
        text = text.replace(";", ",")
    (row,) = read(text.replace("\r\n", ending).encode(encoding)).rows
    assert row.first_name == "Zoë"
    assert row.source == "formulier, blad 2"


def test_the_template_has_every_column_and_is_understood():
    data = template()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").strip().split(";") == list(COLUMNS)
    assert problems_of(data) == [("no_rows", 1)]
    assert len(read(data + parent_row().encode()).rows) == 1


def test_other_spellings_of_column_names_are_understood():
    header = HEADER.replace("ouder_sleutel", "Ouder sleutel").replace("e_mail", "E-mailadres")
    (row,) = read(parents_csv(parent_row(), header=header)).rows
    assert row.parent_key == "o1"
    assert row.email == "sanne@voorbeeld.invalid"


@pytest.mark.promise("P24")
def test_unknown_and_sensitive_columns_are_dropped_and_counted():
    data = parents_csv(
        parent_row() + ";000000012;secretaris van X",
        parent_row("o2") + ";;geheim",
        header=HEADER + ";BSN;Notitie over MARKER",
    )
    found = read(data)
    assert found.dropped == {"bsn": 1, "?": 2}
    assert "000000012" not in repr(found)
    assert "MARKER" not in repr(found)


def test_a_quoted_cell_may_hold_a_line_and_the_next_row_keeps_its_line_number():
    data = parents_csv(
        parent_row(source='"formulier\r\nblad 2"'), parent_row("o2", authority="misschien")
    )
    assert problems_of(data) == [("word_unknown", 4)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (parent_row(pupil=""), "key_missing"),
        (parent_row(surname=""), "name_missing"),
        (parent_row(authority="ja", source=""), "source_missing"),
        (parent_row(authority="nee", source=""), "source_missing"),
        (parent_row(authority="wel"), "word_unknown"),
        (parent_row(secret="misschien"), "word_unknown"),
        (parent_row(relation="buurman"), "word_unknown"),
        (parent_row(since="31-02-2020"), "date_wrong"),
        (parent_row(since="08-09-2026"), "date_future"),
        (parent_row(email="sanne"), "email_wrong"),
        (parent_row(email="a@b.nl, c@d.nl"), "email_wrong"),
        (parent_row(first="A" * 65), "text_too_long"),
        (parent_row() + ";", "cells_wrong"),
        ('"open;aanhaling', "quote_open"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_line(row, code):
    data = parents_csv(parent_row("o7", "p7"), row)
    assert problems_of(data) == [(code, 3)]


def test_one_parent_key_is_one_person():
    data = parents_csv(parent_row(), parent_row(pupil="p2", first="Tom"), parent_row())
    assert problems_of(data) == [("parent_differs", 3), ("row_twice", 4)]


def test_missing_and_double_columns_are_told():
    data = parents_csv("x;y;z", header="leerling_sleutel;achternaam;achternaam")
    assert problems_of(data) == [("column_twice", 1), ("column_missing", 1)]


def test_a_file_without_a_key_for_the_parent_is_read():
    (row,) = read(parents_csv(parent_row(""))).rows
    assert row.parent_key == ""


def test_html_and_formulas_in_cells_stay_text():
    (row,) = read(parents_csv(parent_row(first="=1+1", surname="<b>x</b>"))).rows
    assert (row.first_name, row.surname) == ("=1+1", "<b>x</b>")


def test_signs_that_hide_or_turn_text_around_are_left_out():
    text = parents_csv(parent_row(first="San\u202ene\u200b\x7f", email="")).decode()
    (row,) = read(text.encode()).rows
    assert row.first_name == "Sanne"
