"""Which columns of EDEXML are kept, and under which names the others are counted (P24)."""

from __future__ import annotations

# Never stored, whatever a later version of this file keeps: identity numbers, origin, weight
# for funding, photos and free text (mission: Real data).
NEVER_STORED = frozenset(
    {
        "bsn",
        "sofinummer",
        "onderwijsnummer",
        "bsn_ondwnr-4",
        "rijksregisternummer",
        "etniciteit",
        "land",
        "land_vader",
        "land_moeder",
        "gewicht",
        "gewicht_nieuw",
        "fotourl",
        "toevoegingen",
    }
)
# Known, not needed for guidance.
NOT_NEEDED = frozenset(
    {
        "eckid",
        "jaargroep",
        "geslacht",
        "start_ondw_jgr3",
        "gebruikersnaam",
        "emailadres",
        "postcodenl",
        "postnummerbe",
        "postcodeoverig",
        "mutatiedatum",
        "voornamen",
        "voorletters-1",
        "omschrijving",
        "rolomschrijving",
    }
)
UNKNOWN_COLUMN = "?"
KEPT_OF_PUPIL = frozenset(
    {
        "achternaam",
        "voorvoegsel",
        "roepnaam",
        "geboortedatum",
        "groep",
        "samengestelde_groepen",
        "vestiging",
        "instroomdatum",
        "uitstroomdatum",
    }
)
KEPT_OF_TEACHER = frozenset({"achternaam", "voorvoegsel", "roepnaam", "rol", "groepen"})


def counted_as(column: str) -> str:
    """Only names we know, so that a file cannot put words of its own in the report."""
    return column if column in NEVER_STORED or column in NOT_NEEDED else UNKNOWN_COLUMN
