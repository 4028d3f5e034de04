"""What other systems hold of pupils who are destroyed here: counted, then confirmed by somebody."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from dossiers.models import Dossier, OtherSystemRecord
from dossiers.queries import records_elsewhere
from retention import events
from retention.destroyer import as_destroyer
from retention.models import (
    DestructionItem,
    DestructionList,
    OtherSystem,
    OtherSystemConfirmation,
)
from retention.queries.closing import may_confirm, open_items
from retention.rules.closing import names_somebody
from students.models import Parent, Pupil, Representative
from vault.derived import tag_of, tags_of
from vault.sealing import create_keys, keyring

HELD_BY = "guidance"  # with this kind the dossier's list of other systems goes
_PURPOSE = b"portal other systems"
_WORDS = ("system", "kind", "custodian", "term")


def note_other_systems(*items: DestructionItem) -> None:
    """Counts, once, what other systems still hold of the pupils of items that are about to go.

    Within the transaction in which the items are intended, which is recorded there. Words that
    name the pupil, a parent or a representative are left out, and counted: a certificate names
    nobody who goes.
    """
    lists = {item.dossier_id: item.list_id for item in items if item.kind == HELD_BY}
    noted = OtherSystemRecord.objects.filter(dossier__in=list(lists)).values("dossier")
    for dossier in Dossier.objects.select_related("pupil").filter(pk__in=noted).order_by("pk"):
        _note(dossier, lists[dossier.pk])


def _note(dossier: Dossier, made: uuid.UUID) -> None:
    names = _names_around(dossier.pupil)
    said = set()
    for line in records_elsewhere(dossier):
        if not line.has_ended:
            words = [(line.text or {}).get(word, "") for word in _WORDS]
            said.add(tuple("" if names_somebody(word, names) else word for word in words))
    for text in said:
        _count(made, text)


def _names_around(pupil: Pupil) -> list[str]:
    """What the pupil, the parents and who else answers for the pupil are called."""
    parents = Parent.objects.filter(children__pupil=pupil).values_list("first_name", "surname")
    around = [name for names in parents for name in names]
    around += Representative.objects.filter(pupil=pupil).values_list("name", flat=True)
    return [pupil.first_name, pupil.given_names, pupil.surname, *around]


def _count(made: uuid.UUID, text: tuple[str, ...]) -> None:
    body = json.dumps([str(made), *text], ensure_ascii=False).encode()
    known = OtherSystem.objects.filter(
        list=made, tag__in=[tag.hex() for tag in tags_of(_PURPOSE, body)]
    )
    with as_destroyer():
        if known.update(pupils=F("pupils") + 1):
            return
        row = OtherSystem(list_id=made, tag=tag_of(_PURPOSE, body).hex(), pupils=1)
        create_keys([row.pk])
        words = dict(zip(_WORDS, text, strict=True))
        row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, words)
        row.save(force_insert=True)


@transaction.atomic
def confirm_other_systems(
    *, made: DestructionList, answers: Mapping[uuid.UUID, str], by: User, on: date
) -> int:
    """Says of other systems whether they still hold something; says how many answers are new.

    What was said before stays beside it; the last one counts, until the list closes.
    """
    row = DestructionList.objects.select_related("school").get(pk=made.pk)
    if not may_confirm(by, row, on=on):
        raise NotAllowed(_("Somebody else says what other systems hold."))
    if row.closed_at is not None:
        raise Overtaken(_("This list is closed. Its certificate says what was confirmed."))
    if row.begun_at is None or open_items(row).exists():
        raise Overtaken(_("Not everything on this list is destroyed yet. Say this afterwards."))
    said = _last_said(row)
    if answers.keys() - said.keys():
        raise Refused(_("That does not stand on this list."))
    new = {key: answer for key, answer in answers.items() if said[key] != answer}
    if not new:
        raise Refused(_("Choose an answer first."))
    OtherSystemConfirmation.objects.bulk_create(
        OtherSystemConfirmation(
            system_id=key, answer=answer, said_by=by, said_on=on, said_at=timezone.now()
        )
        for key, answer in new.items()
    )
    record(
        events.OTHER_SYSTEMS_CONFIRMED,
        by=by,
        unit=row.school_id,
        target=row,
        detail={"systems": len(new), "as": sorted(set(new.values()))},
    )
    return len(new)


def _last_said(made: DestructionList) -> dict[uuid.UUID, str]:
    """Per system what was said last; empty where nobody said anything."""
    said = dict.fromkeys(OtherSystem.objects.filter(list=made).values_list("pk", flat=True), "")
    rows = OtherSystemConfirmation.objects.filter(system__list=made).order_by("said_at", "pk")
    return said | dict(rows.values_list("system_id", "answer"))
