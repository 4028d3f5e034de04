"""An EDEXML file becomes records, in each version, and what guidance does not need is dropped."""

from __future__ import annotations

from datetime import date

import pytest

from students.roster.problems import BrokenFile
from students.roster.reading import read_upload
from students.roster.records import RosterFile
from tests.students.roster.files import ON, edexml, pupil


def read(data: bytes) -> RosterFile:
    found = read_upload(data, on=ON)
    assert isinstance(found, RosterFile)
    return found


def problems_of(data: bytes) -> list[tuple[str, int, str]]:
    with pytest.raises(BrokenFile) as broken:
        read_upload(data, on=ON)
    return [(one.code, one.line, one.key) for one in broken.value.problems]


def test_a_pupil_is_read_with_names_dates_groups_and_location():
    roster = read(
        edexml(
            [
                pupil(
                    "p1",
                    achternaam="Berg",
                    voorvoegsel="van den",
                    roepnaam="Noor",
                    uitstroomdatum="2027-07-09",
                    groep="5a",
                    extra='<samengestelde_groepen><samengestelde_groep key="muziek"/>'
                    '</samengestelde_groepen><vestiging key="v1"/>',
                )
            ],
            groups='<groep key="5a"><naam>Groep 5a</naam><jaargroep>5</jaargroep></groep>'
            '<samengestelde_groep key="muziek"><naam>Muziek</naam></samengestelde_groep>',
            locations='<vestiging key="v1"><naam>Oost</naam></vestiging>',
        )
    )
    found = roster.pupils["p1"]
    assert (found.first_name, found.prefix, found.surname) == ("Noor", "van den", "Berg")
    assert found.birth_date == date(2017, 3, 5)
    assert (found.starts_on, found.left_on) == (date(2021, 3, 5), date(2027, 7, 9))
    assert (found.group_key, found.combined_group_keys) == ("5a", ("muziek",))
    assert found.location_key == "v1"
    assert roster.groups["muziek"].is_combined
    assert not roster.groups["5a"].is_combined
    assert roster.locations["v1"].name == "Oost"
    assert roster.school.school_year == "2026-2027"


@pytest.mark.parametrize("version", ["2.1", "2.0", "1.0.3", "1.03", ""])
def test_each_version_in_use_is_read(version):
    school = f"<schooljaar>2026-2027</schooljaar><xsdversie>{version}</xsdversie>"
    roster = read(
        edexml([pupil("p1", sofinummer="000000012", groep="3")], groups=GROUP_3, school=school)
    )
    assert roster.pupils["p1"].group_key == "3"
    assert roster.dropped["sofinummer"] == 1


def test_an_unknown_version_is_refused():
    data = edexml([pupil()], school="<schooljaar>2026-2027</schooljaar><xsdversie>3.0</xsdversie>")
    assert problems_of(data) == [("version_unknown", 2, "")]


GROUP_3 = '<groep key="3"><naam>Groep 3</naam><jaargroep>3</jaargroep></groep>'


def test_only_the_list_of_pupils_must_be_there():
    roster = read(edexml([pupil("p1", groep="3")], school=""))
    assert list(roster.pupils) == ["p1"]
    assert roster.groups == {}


def test_any_school_year_is_accepted_and_a_broken_one_is_not():
    assert read(edexml([pupil()], school="<schooljaar>2031-2032</schooljaar>"))
    data = edexml([pupil()], school="<schooljaar>2031-2033</schooljaar>")
    assert problems_of(data) == [("school_year_wrong", 2, "")]


def test_the_order_of_elements_does_not_matter():
    body = (
        '<leerling key="p1"><uitstroomdatum>2026-10-01</uitstroomdatum>'
        "<onbekend>x</onbekend><geboortedatum>2017-03-05</geboortedatum>"
        "<roepnaam>Fenna</roepnaam></leerling>"
    )
    data = (
        "<EDEX><leerkrachten/>"
        f"<leerlingen>{body}</leerlingen>"
        "<school><brincode>12XX</brincode><schooljaar>2026-2027</schooljaar></school></EDEX>"
    )
    roster = read(data.encode())
    assert roster.pupils["p1"].left_on == date(2026, 10, 1)
    assert roster.school.brin == "12XX"
    assert roster.dropped["?"] == 1


def test_a_pupil_may_have_no_surname_and_no_birth_date():
    roster = read(edexml([pupil("p1", achternaam="", geboortedatum="")]))
    assert roster.pupils["p1"].surname == ""
    assert roster.pupils["p1"].birth_date is None


def test_first_names_and_initials_stand_in_only_where_no_call_name_is():
    roster = read(
        edexml(
            [
                pupil("p1", roepnaam="", extra="<voornamen>Josephina Maria</voornamen>"),
                pupil("p2", roepnaam="", extra="<voorletters-1>JM</voorletters-1>"),
            ]
        )
    )
    assert [one.first_name for one in roster.pupils.values()] == ["Josephina", "JM"]


SENSITIVE = (
    "<bsn>000000012</bsn>",
    "<sofinummer>000000012</sofinummer>",
    "<onderwijsnummer>100000012</onderwijsnummer>",
    "<bsn_ondwnr-4>0012</bsn_ondwnr-4>",
    "<rijksregisternummer>00000000012</rijksregisternummer>",
    "<etniciteit>1</etniciteit>",
    "<land>XX</land>",
    "<land_vader>XX</land_vader>",
    "<land_moeder>XX</land_moeder>",
    "<gewicht>0.25</gewicht>",
    "<gewicht_nieuw>0,3</gewicht_nieuw>",
    "<fotourl>https://voorbeeld.invalid/f.jpg</fotourl>",
    "<toevoegingen><blok><code>x</code><opmerking>MARKER</opmerking></blok></toevoegingen>",
)


@pytest.mark.promise("P24")
def test_sensitive_columns_are_dropped_and_counted():
    roster = read(edexml([pupil("p1", extra="".join(SENSITIVE)), pupil("p2", bsn="000000024")]))
    assert roster.dropped["bsn"] == 2
    assert roster.dropped["toevoegingen"] == 1
    assert len(roster.dropped) == len(SENSITIVE)
    kept = repr(roster)
    for secret in ("000000012", "100000012", "MARKER", "voorbeeld.invalid", "0,3", "'XX'"):
        assert secret not in kept


def test_groups_and_combined_groups_share_one_key_space():
    groups = GROUP_3 + '<samengestelde_groep key="3"><naam>Plusklas</naam></samengestelde_groep>'
    assert problems_of(edexml([pupil()], groups=groups)) == [("key_twice", 2, "3")]


def test_teachers_come_with_the_roles_they_have_in_a_group():
    teachers = (
        '<leerkracht key="l1"><achternaam>Vos</achternaam><roepnaam>Ank</roepnaam>'
        "<emailadres>ank@voorbeeld.invalid</emailadres><rol>IB</rol>"
        '<groepen><groep key="3"><rol>LRK</rol></groep></groepen></leerkracht>'
    )
    roster = read(edexml([pupil()], groups=GROUP_3, teachers=teachers))
    teacher = roster.teachers["l1"]
    assert teacher.roles == ("IB",)
    assert teacher.groups == (("3", ("LRK",)),)
    assert roster.groups["3"].name == "Groep 3"
    assert roster.dropped["emailadres"] == 1


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("<leerling><roepnaam>A</roepnaam></leerling>", "key_missing"),
        ('<leerling key=" "><roepnaam>A</roepnaam></leerling>', "key_missing"),
        (pupil("p9", geboortedatum="2017-02-30"), "date_wrong"),
        (pupil("p9", geboortedatum="vorig jaar"), "date_wrong"),
        (pupil("p9", geboortedatum="2026-09-08"), "date_future"),
        (pupil("p9", uitstroomdatum="2020-01-01"), "left_before_start"),
        (pupil("p9", achternaam="", roepnaam=""), "name_missing"),
        (pupil("p9", achternaam="A" * 201), "text_too_long"),
        (pupil("p9", groep="zoek"), "group_unknown"),
        (pupil("p1"), "key_twice"),
    ],
)
def test_what_is_wrong_with_a_pupil_is_told_with_its_line(element, code):
    data = edexml([pupil("p1"), element], groups=GROUP_3)
    found = problems_of(data)
    assert [(one[0], one[1]) for one in found] == [(code, 5)]


def test_every_mistake_is_told_and_no_value_of_the_person_is_repeated():
    data = edexml([pupil(f"p{n}", geboortedatum="2017-13-01") for n in range(700)])
    with pytest.raises(BrokenFile) as broken:
        read_upload(data, on=ON)
    assert broken.value.total == 700
    assert len(broken.value.problems) == 500
    first = broken.value.problems[0]
    assert (first.line, first.key) == (4, "p0")
    assert "geboortedatum" in first.words
    for one in broken.value.problems:
        assert "Duinmeijer" not in one.words
        assert "2017-13-01" not in one.words


def test_a_problem_survives_being_kept_as_json():
    with pytest.raises(BrokenFile) as broken:
        read_upload(edexml([pupil("p1"), pupil("p1")]), on=ON)
    (one,) = broken.value.problems
    assert type(one).from_json(one.as_json()) == one


def test_dates_may_have_a_time_or_a_zone():
    roster = read(
        edexml([pupil("p1", geboortedatum="2017-03-05T00:00:00", instroomdatum="2021-03-05+01:00")])
    )
    assert roster.pupils["p1"].birth_date == date(2017, 3, 5)
    assert roster.pupils["p1"].starts_on == date(2021, 3, 5)


def test_a_misspelt_section_does_not_pass_for_an_empty_one():
    data = edexml([pupil()]).replace(b"<leerlingen>", b"<groep_en/>\n<leerlingen>")
    assert problems_of(data) == [("section_unknown", 3, "")]


def test_line_numbers_are_right_far_into_a_large_file():
    lines = [pupil(f"p{n}").replace("><", ">\n<") for n in range(20_000)]
    lines.append(pupil("p1"))
    data = edexml(lines)
    expected = data[: data.rindex(b'key="p1"')].count(b"\n") + 1
    assert expected > 65_535
    assert problems_of(data) == [("key_twice", expected, "p1")]
