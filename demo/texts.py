"""What the invented dossiers say. Dutch, as a school would write it."""

from __future__ import annotations

# (part, title, facts, opinion)
NOTES: tuple[tuple[str, str, str, str], ...] = (
    (
        "guidance",
        "Leerlingbespreking herfst",
        (
            "Leest op niveau AVI-M6, vier weken eerder M5. Werkt tijdens zelfstandig werken tien"
            " minuten door zonder hulp."
        ),
        "Lijkt meer zelfvertrouwen te hebben sinds de plaats bij het raam.",
    ),
    (
        "guidance",
        "Gesprek met ouders",
        (
            "Afgesproken: twee keer per week tien minuten samen lezen, school stuurt de boeken mee."
            " Opnieuw bespreken in januari."
        ),
        "",
    ),
    (
        "guidance",
        "Overgang naar groep 6",
        (
            "Rekenen op niveau E5. Spelling oefent met het werkwoordenschema. Werkt graag samen"
            " [[met haar nichtje uit groep 6A]]."
        ),
        "Vindt wennen aan een nieuwe leerkracht spannend.",
    ),
    (
        "guidance",
        "Op tijd komen",
        "In oktober drie keer na de bel binnen, steeds na een nacht bij de andere ouder.",
        "",
    ),
    (
        "reports",
        "Toets begrijpend lezen",
        "Score 168, niveau III. Vorige afname 159, niveau IV.",
        "De groei is goed te zien in de klas.",
    ),
    (
        "reports",
        "Onderzoek dyslexie: eerste verslag",
        "Twee hardnekkigheidsperioden afgerond. Woordleestempo in het tiende percentiel.",
        "",
    ),
    (
        "care",
        "Extra ondersteuning",
        (
            "Drie keer per week twintig minuten leesbegeleiding in een groepje van vier, tot de"
            " kerstvakantie."
        ),
        "",
    ),
)
MEDICAL = (
    "Gehooronderzoek",
    "Screening rechts 20 dB, links 35 dB. Controle over zes maanden bij de schoolarts.",
    "",
)
# (text, with whom, days until it is looked at again)
AGREEMENTS = (
    (
        (
            "Twee keer per week tien minuten samen lezen; school stuurt de boeken mee en vraagt na"
            " een maand hoe het gaat."
        ),
        "beide ouders en Noor",
        9,
    ),
    ("Een plaats bij het raam, vooraan.", "Noor en haar leerkracht", 60),
)
# (allergies, medicine, whom to call, other)
CARD = (
    "Noten: ook sporen.",
    "Adrenaline-auto-injector in het rode etui, bovenste la van de leerkracht.",
    "Eerst 112, daarna moeder: 06 0000 0000 (demo).",
    "",
)
# (system, kind, custodian, term)
ELSEWHERE = (
    ("Demovolgsysteem", "toetsscores en aanwezigheid", "directie", "twee jaar na vertrek"),
    ("Jeugdgezondheidsdienst (demo)", "medisch dossier", "schoolarts", "volgens de WGBO"),
)
