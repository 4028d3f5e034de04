"""Builds invented uploads for the tests of the roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

from students.roster.records import PupilRecord

ON = date(2026, 9, 7)

HEADER = (
    "ouder_sleutel;leerling_sleutel;voornaam;tussenvoegsel;achternaam;straat;huisnummer;"
    "postcode;plaats;geheim_adres;e_mail;relatie;gezag;sinds;bron"
)


def tag(name: str, text: object, **attributes: str) -> str:
    """One element; none when there is no text and no attribute."""
    if text in ("", None) and not attributes:
        return ""
    pairs = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{pairs}>{escape(str(text or ''))}</{name}>"


def pupil(key: str = "p1", **fields: object) -> str:
    """A pupil element on a line of its own; `extra` is put in as it is."""
    values: dict[str, object] = {
        "achternaam": "Duinmeijer",
        "roepnaam": "Fenna",
        "geboortedatum": "2017-03-05",
        "instroomdatum": "2021-03-05",
    }
    extra = str(fields.pop("extra", ""))
    group = fields.pop("groep", "")
    values.update(fields)
    body = "".join(tag(name, text) for name, text in values.items())
    if group:
        body += f'<groep key="{group}"/>'
    return f'<leerling key="{escape(key)}">{body}{extra}</leerling>\n'


def edexml(
    pupils: Iterable[str] | str = (),
    *,
    groups: str | None = None,
    teachers: str = "",
    locations: str = "",
    school: str = "<schooljaar>2026-2027</schooljaar><brincode>12XX</brincode>"
    "<xsdversie>2.1</xsdversie>",
    encoding: str = "UTF-8",
) -> bytes:
    """A whole file; the first pupil stands on line 4 when there are no groups and locations."""
    body = pupils if isinstance(pupils, str) else "".join(pupils)
    parts = [f'<?xml version="1.0" encoding="{encoding}"?>\n<EDEX>']
    parts.append(f"<school>{school}</school>" if school else "")
    parts.append(f"<vestigingen>{locations}</vestigingen>" if locations else "")
    parts.append(f"<groepen>{groups}</groepen>" if groups is not None else "")
    parts.append(f"\n<leerlingen>\n{body}</leerlingen>\n")
    parts.append(f"<leerkrachten>{teachers}</leerkrachten>\n" if teachers else "")
    parts.append("</EDEX>\n")
    return "".join(parts).encode(encoding)


def edexml_of(records: Iterable[PupilRecord], **parts: str) -> bytes:
    """A file that says what these records say."""
    lines = []
    for one in records:
        combined = "".join(f'<samengestelde_groep key="{k}"/>' for k in one.combined_group_keys)
        extra = f"<samengestelde_groepen>{combined}</samengestelde_groepen>" if combined else ""
        if one.location_key:
            extra += f'<vestiging key="{one.location_key}"/>'
        lines.append(
            pupil(
                one.key,
                achternaam=one.surname,
                voorvoegsel=one.prefix,
                roepnaam=one.first_name,
                geboortedatum=one.birth_date or "",
                instroomdatum=one.starts_on or "",
                uitstroomdatum=one.left_on or "",
                groep=one.group_key,
                extra=extra,
            )
        )
    return edexml(lines, **parts)


def parents_csv(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    """A parents file with these rows, as Excel writes it."""
    return "\r\n".join((header, *rows, "")).encode(encoding)


def parent_row(
    parent: str = "o1",
    pupil: str = "p1",
    *,
    first: str = "Sanne",
    prefix: str = "van",
    surname: str = "Duinmeijer",
    street: str = "Zeedijkje",
    number: str = "12",
    postcode: str = "9999 XX",
    city: str = "Verzonnen",
    secret: str = "nee",
    email: str = "sanne@voorbeeld.invalid",
    relation: str = "moeder",
    authority: str = "ja",
    since: str = "05-03-2017",
    source: str = "inschrijfformulier",
) -> str:
    """One row of a parents file."""
    cells = (parent, pupil, first, prefix, surname, street, number, postcode, city, secret)
    return ";".join((*cells, email, relation, authority, since, source))
