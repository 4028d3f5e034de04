"""What the invented board asks consent for, in both languages; short and plain (B1).

Where the pupil answers too, from 12, the words suit a parent and a pupil.
"""

from __future__ import annotations

from consent.actions.purposes import TextData

_ONE = "one"

PURPOSES: tuple[tuple[str, str, TextData], ...] = (
    (
        "foto-maken",
        "pictures",
        TextData(
            "Foto's en filmpjes maken",
            "Taking photos and film",
            "Mag de school foto's en filmpjes van uw kind maken? De school bewaart ze zelf."
            " Voor publiceren vragen wij apart toestemming.",
            "May the school take photos and film of your child? The school keeps them itself."
            " We ask separately before we publish anything.",
            is_publication=False,
            is_pupil_heard=False,
        ),
    ),
    (
        "klassenapp",
        "class-app",
        TextData(
            "Foto's in de app van de klas",
            "Photos in the class app",
            "Mogen foto's van uw kind in de app van de klas? Alleen ouders van deze klas zien ze.",
            "May photos of your child be in the class app? Only parents of this class see them.",
            needs=_ONE,
            is_pupil_heard=False,
        ),
    ),
    (
        "nieuwsbrief",
        "newsletter",
        TextData(
            "Foto's in de nieuwsbrief",
            "Photos in the newsletter",
            "Mogen foto's van deze leerling in de nieuwsbrief? Alle ouders van de school krijgen"
            " die.",
            "May photos of this pupil be in the newsletter? All parents of the school get it.",
        ),
    ),
    (
        "schoolgids",
        "guide",
        TextData(
            "Foto's in de schoolgids",
            "Photos in the school guide",
            "Mogen foto's van deze leerling in de schoolgids? De gids staat ook op de website.",
            "May photos of this pupil be in the school guide? The guide is on the website too.",
        ),
    ),
    (
        "website",
        "website",
        TextData(
            "Foto's op de website",
            "Photos on the website",
            "Mogen foto's van deze leerling op de website van de school? Iedereen kan die zien.",
            "May photos of this pupil be on the school's website? Everybody can see them.",
        ),
    ),
    (
        "sociale-media",
        "social",
        TextData(
            "Foto's op sociale media",
            "Photos on social media",
            "Mogen foto's van deze leerling op de sociale media van de school? Iedereen kan die"
            " zien en verder delen.",
            "May photos of this pupil be on the school's social media? Everybody can see them and"
            " share them.",
        ),
    ),
    (
        "lesopnamen",
        "recording",
        TextData(
            "Opnamen van de les",
            "Recordings of lessons",
            "Mag de leraar de les opnemen om er zelf van te leren? De opname blijft op school.",
            "May the teacher record a lesson to learn from it? The recording stays at school.",
            is_publication=False,
        ),
    ),
    (
        "filmen-ouders",
        "filming",
        TextData(
            "Filmen door andere ouders",
            "Filming by other parents",
            "Mogen andere ouders op school filmen als deze leerling in beeld is? Bijvoorbeeld bij"
            " een musical. De directeur beslist elke keer.",
            "May other parents film at school when this pupil is in view? At a musical, for"
            " example. The director decides each time.",
            is_publication=False,
            is_pupil_heard=False,
        ),
    ),
    (
        "klassenlijst",
        "contact-list",
        TextData(
            "De lijst van de klas",
            "The class list",
            "Mogen uw naam en telefoonnummer op de lijst van de klas? Ouders van de klas krijgen"
            " die lijst.",
            "May your name and telephone number be on the class list? Parents of the class get"
            " that list.",
            is_pupil_heard=False,
        ),
    ),
)
