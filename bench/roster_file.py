"""A large invented roster: as many pupils as wanted, in groups, with what a real export holds."""

from __future__ import annotations

FIRST = ("Fenna", "Bram", "Noor", "Mees", "Saar", "Joris", "Yara", "Daan", "Liv", "Zoë")
LAST = ("Duinmeijer", "Zandstra", "Veldkant", "Bosrand", "Waterlo", "Heidepol", "Çelikbaan")
PREFIXES = ("", "", "van", "van der", "de")
PUPILS_PER_GROUP = 25


def edexml(pupils: int, *, school_year: str, brin: str, first_key: int = 0) -> bytes:
    """An EDEXML 2.1 file with the columns that pupil-tracking systems fill in, dropped ones too."""
    groups = range(pupils // PUPILS_PER_GROUP + 1)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<EDEX>\n<school>\n',
        f"<schooljaar>{school_year}</schooljaar>\n<brincode>{brin}</brincode>\n",
        "<xsdversie>2.1</xsdversie>\n</school>\n<groepen>\n",
        *(
            f'<groep key="g{n}">\n<naam>Groep {n % 8 + 1}-{n}</naam>\n'
            f"<jaargroep>{n % 8 + 1}</jaargroep>\n</groep>\n"
            for n in groups
        ),
        "</groepen>\n<leerlingen>\n",
        *(_pupil(n, first_key + n) for n in range(pupils)),
        "</leerlingen>\n</EDEX>\n",
    ]
    return "".join(parts).encode()


def _pupil(n: int, key: int) -> str:
    prefix, first = PREFIXES[n % len(PREFIXES)], FIRST[n % len(FIRST)]
    group = n // PUPILS_PER_GROUP
    return (
        f'<leerling key="k{key}" eckid="https://voorbeeld.invalid/{key:064d}">\n'
        f"<achternaam>{LAST[n % len(LAST)]}-{key}</achternaam>\n"
        + (f"<voorvoegsel>{prefix}</voorvoegsel>\n" if prefix else "")
        + f"<voornamen>{first} Maria</voornamen>\n<voorletters-1>M</voorletters-1>\n"
        f"<roepnaam>{first}</roepnaam>\n"
        f"<geboortedatum>{2014 + n % 8}-{n % 12 + 1:02d}-{n % 28 + 1:02d}</geboortedatum>\n"
        f"<geslacht>{n % 2 + 1}</geslacht>\n<jaargroep>{group % 8 + 1}</jaargroep>\n"
        f'<groep key="g{group}"/>\n<land>XX</land>\n<bsn>000000012</bsn>\n'
        "<postcodenl>9999XX</postcodenl>\n"
        f"<instroomdatum>{2019 + n % 7}-08-{n % 28 + 1:02d}</instroomdatum>\n"
        "<mutatiedatum>2026-08-01T12:00:00</mutatiedatum>\n</leerling>\n"
    )
