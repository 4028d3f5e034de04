"""The files a pupil-tracking system would export for the demo: EDEXML, and a CSV of parents."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape  # nosec B406  writes, reads nothing

from demo import people
from demo.calendar import Calendar

PER_GROUP = 11
SOURCE = "Demovolgsysteem"


@dataclass(frozen=True)
class InventedPupil:
    """A pupil as the roster says it."""

    key: str
    first: str
    prefix: str
    surname: str
    born: date | None
    group: str
    since: date
    left: date | None = None


@dataclass(frozen=True)
class InventedParent:
    """A parent as the parents' file says it; one row per child."""

    key: str
    first: str
    prefix: str
    surname: str
    children: tuple[str, ...]
    relation: str
    authority: str = "ja"
    secret: bool = False
    email: str = ""


@dataclass
class SchoolFiles:
    """The invented pupils and parents of one school."""

    brin: str
    groups: tuple[str, ...]
    teachers: dict[str, tuple[str, ...]]  # surname -> groups
    days: Calendar
    chance: random.Random
    pupils: list[InventedPupil] = field(default_factory=list)
    parents: list[InventedParent] = field(default_factory=list)

    def invent(self) -> None:
        """Fills every group, each pupil with one or two parents."""
        for group in self.groups:
            for _ in range(PER_GROUP):
                prefix, surname = self.chance.choice(people.SURNAMES)
                pupil = self.add_pupil(
                    self.chance.choice(people.FIRST_NAMES), prefix, surname, group
                )
                self._invent_parents(pupil)

    def add_pupil(
        self,
        first: str,
        prefix: str,
        surname: str,
        group: str,
        *,
        age: int | None = None,
        left: date | None = None,
        born_unknown: bool = False,
    ) -> InventedPupil:
        """A pupil of `group`, at the age of that group unless told."""
        years = age or int(group[0]) + 3
        pupil = InventedPupil(
            key=f"{self.brin}{len(self.pupils) + 1:04d}",
            first=first,
            prefix=prefix,
            surname=surname,
            born=None if born_unknown else self.days.born(years, self.chance.randrange(360)),
            group=group,
            since=date(self.days.year_starts.year - self.chance.randrange(1, 3), 8, 18),
            left=left,
        )
        self.pupils.append(pupil)
        return pupil

    def add_parent(
        self,
        first: str,
        prefix: str,
        surname: str,
        children: tuple[InventedPupil, ...],
        relation: str,
        *,
        authority: str = "ja",
        secret: bool = False,
        email: str = "",
    ) -> InventedParent:
        """A parent of these children."""
        keys = tuple(child.key for child in children)
        key = f"O{self.brin}{len(self.parents) + 1:04d}"
        parent = InventedParent(
            key, first, prefix, surname, keys, relation, authority, secret, email
        )
        self.parents.append(parent)
        return parent

    def _invent_parents(self, pupil: InventedPupil) -> None:
        first = self.chance.choice(people.FIRST_NAMES)
        self.add_parent(first, pupil.prefix, pupil.surname, (pupil,), "moeder")
        if self.chance.random() < 0.6:
            prefix, surname = self.chance.choice(people.SURNAMES)
            other = self.chance.choice(people.FIRST_NAMES)
            authority = self.chance.choice(("ja", "ja", "ja", "onbekend", "nee"))
            self.add_parent(other, prefix, surname, (pupil,), "vader", authority=authority)

    def edexml(self) -> bytes:
        """The roster, EDEXML 2.1, with a few columns the portal must drop."""
        pupils = "".join(self._pupil(pupil) for pupil in self.pupils)
        groups = "".join(
            f'<groep key="{g}"><naam>{g}</naam><jaargroep>{g[0]}</jaargroep></groep>'
            for g in self.groups
        )
        teachers = "".join(
            f'<leerkracht key="L{n}"><achternaam>{escape(surname)}</achternaam><groepen>'
            + "".join(f'<groep key="{g}"><rol>STA</rol></groep>' for g in taught)
            + "</groepen></leerkracht>"
            for n, (surname, taught) in enumerate(self.teachers.items(), 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><EDEX><school>'
            f"<schooljaar>{self.days.year_name}</schooljaar><brincode>{self.brin}</brincode>"
            "<xsdversie>2.1</xsdversie></school>"
            f"<groepen>{groups}</groepen><leerlingen>{pupils}</leerlingen>"
            f"<leerkrachten>{teachers}</leerkrachten></EDEX>"
        ).encode()

    def _pupil(self, pupil: InventedPupil) -> str:
        prefix = f"<voorvoegsel>{escape(pupil.prefix)}</voorvoegsel>" if pupil.prefix else ""
        born = f"<geboortedatum>{pupil.born}</geboortedatum>" if pupil.born else ""
        left = f"<uitstroomdatum>{pupil.left}</uitstroomdatum>" if pupil.left else ""
        return (
            f'<leerling key="{pupil.key}"><achternaam>{escape(pupil.surname)}</achternaam>{prefix}'
            f"<roepnaam>{escape(pupil.first)}</roepnaam>{born}<geslacht>9</geslacht>"
            f'<jaargroep>{pupil.group[0]}</jaargroep><groep key="{pupil.group}"/>'
            f"<instroomdatum>{pupil.since}</instroomdatum>{left}</leerling>"
        )

    def parents_csv(self) -> bytes:
        """The parents, as the template asks for them."""
        text = io.StringIO()
        write = csv.writer(text, delimiter=";")
        write.writerow(
            [
                "ouder_sleutel",
                "leerling_sleutel",
                "voornaam",
                "tussenvoegsel",
                "achternaam",
                "straat",
                "huisnummer",
                "postcode",
                "plaats",
                "geheim_adres",
                "e_mail",
                "relatie",
                "gezag",
                "sinds",
                "bron",
            ]
        )
        for n, parent in enumerate(self.parents, 1):
            for child in parent.children:
                write.writerow(
                    [
                        parent.key,
                        child,
                        parent.first,
                        parent.prefix,
                        parent.surname,
                        "Demolaan",
                        str(n),
                        "1234 AB",
                        "Demostad",
                        "ja" if parent.secret else "nee",
                        parent.email,
                        parent.relation,
                        parent.authority,
                        f"{self.days.year_starts:%d-%m-%Y}",
                        "inschrijfformulier",
                    ]
                )
        return text.getvalue().encode()
