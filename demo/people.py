"""The cast of the demo. Everybody is invented; their names do not belong to anyone we know."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BOARD = "Stichting Demoscholen"
FIRST_SCHOOL = "De Demobongerd"
SECOND_SCHOOL = "De Demovijver"


@dataclass(frozen=True)
class Person:
    """Somebody the start page offers to sign in as."""

    username: str
    name: str
    roles: tuple[tuple[str, str], ...]  # (role, name of the unit)
    sentence: Promise
    has_email: bool = True

    @property
    def first_name(self) -> str:
        """What the button says."""
        return self.name.split()[0]


STAFF: tuple[Person, ...] = (
    Person(
        "hanna",
        "Hanna de Wit",
        (("care-coordinator", FIRST_SCHOOL),),
        _("Care coordinator; opens the dossiers of groups 6A and 6B."),
    ),
    Person(
        "joost",
        "Joost Bakkerman",
        (("counsellor", FIRST_SCHOOL),),
        _("Teacher of group 6B; opens the dossiers of that group only."),
    ),
    Person(
        "mila",
        "Mila Sarıkaya",
        (("counsellor", FIRST_SCHOOL),),
        _("Substitute in group 6B for two weeks; then her access ends by itself."),
    ),
    Person(
        "daan",
        "Daan Oosterwold",
        (("counsellor", FIRST_SCHOOL),),
        _("Teacher of group 6A and father of a pupil in 6B; can't open his own child's dossier."),
    ),
    Person(
        "karin",
        "Karin Veldhuijs",
        (("director", FIRST_SCHOOL),),
        _("Director of De Demobongerd; decides who may open a dossier, reads none."),
    ),
    Person(
        "pieter",
        "Pieter Klaverblad",
        (("deputy", FIRST_SCHOOL),),
        _("Deputy director of De Demobongerd."),
    ),
    Person(
        "samira",
        "Samira el Haddaoui",
        (("director", SECOND_SCHOOL),),
        _("Director of the other school, De Demovijver."),
    ),
    Person(
        "tom",
        "Tom Rietsnijder",
        (("counsellor", SECOND_SCHOOL),),
        _("Teacher at the other school; sees nothing of this one."),
    ),
    Person(
        "greet",
        "Greet Lindeboom",
        (("administrator", FIRST_SCHOOL), ("administrator", SECOND_SCHOOL)),
        _("Administrator of both schools; keeps the roster, opens no dossier."),
    ),
    Person(
        "arda",
        "Arda Wielinga",
        (("school-doctor", FIRST_SCHOOL),),
        _("School doctor; opens the medical part of the pupils assigned to her."),
    ),
    Person(
        "femke",
        "Femke Hoogland",
        (("safeguarding-officer", FIRST_SCHOOL),),
        _("Safeguarding officer; the Meldcode file comes in a later version."),
    ),
    Person(
        "olaf",
        "Olaf Duinstra",
        (("board-officer", BOARD),),
        _("Board officer; assigns where the director may not."),
    ),
    Person(
        "priya",
        "Priya Ramdasi",
        (("privacy-officer", BOARD),),
        _("Privacy officer of the board; reads the log of both schools."),
    ),
    Person(
        "frits",
        "Frits Goudappel",
        (("fg", BOARD),),
        _("Data protection officer (FG); reads the log, approves nothing."),
    ),
)
FAMILIES: tuple[Person, ...] = (
    Person(
        "yvonne",
        "Yvonne Tuinstra",
        (("parent", FIRST_SCHOOL), ("mr-parent", FIRST_SCHOOL)),
        _("Mother of two pupils, and a parent in the participation council (MR)."),
    ),
    Person(
        "rachid",
        "Rachid Amrani",
        (("parent", FIRST_SCHOOL),),
        _("Father without an e-mail address: signs in with a user name."),
        has_email=False,
    ),
    Person(
        "lotte",
        "Lotte van der Meulen",
        (("pupil", FIRST_SCHOOL),),
        _("Pupil of 12; from 12 she answers along with her parents."),
        has_email=False,
    ),
)
CAST = STAFF + FAMILIES

FIRST_NAMES = [
    "Noor",
    "Sem",
    "Zeynep",
    "Lucas",
    "Fenna",
    "Adam",
    "Sofie",
    "Youssef",
    "Lina",
    "Bram",
    "Emre",
    "Julia",
    "Mees",
    "Amira",
    "Finn",
    "Roos",
    "Ilyas",
    "Saar",
    "Noah",
    "Hind",
    "Thijs",
    "Liv",
    "Bilal",
    "Evi",
    "Jayden",
    "Maud",
    "Kaan",
    "Tess",
    "Ravi",
    "Isa",
    "Gijs",
    "Esila",
    "Luuk",
    "Naomi",
    "Teun",
    "Yara",
    "Olivier",
    "Puck",
    "Mohammed",
    "Fleur",
    "Stijn",
    "Ayoub",
    "Lieke",
    "Boaz",
    "Jasmijn",
    "Siem",
    "Merel",
    "Quinten",
]
SURNAMES: tuple[tuple[str, str], ...] = (
    ("van den", "Bergen"),
    ("", "Yıldızay"),
    ("de", "Vriesema"),
    ("", "Çelikel"),
    ("van", "Dijksman"),
    ("", "El Amraoui"),
    ("", "Hendriksma"),
    ("van der", "Meulen"),
    ("", "Oosterwold"),
    ("", "Tuinstra"),
    ("", "Amrani"),
    ("'t", "Hoen"),
    ("", "Ramdasi"),
    ("ter", "Haarman"),
    ("", "Kowalczik"),
    ("de", "Boerema"),
    ("", "Nguyen-Demo"),
    ("van 't", "Zandt"),
    ("", "Pinasso"),
    ("op den", "Bosch"),
)
