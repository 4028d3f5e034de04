"""All that a certificate says, gathered from a list that was carried out."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from access.models import User
from dossiers.models import Dossier
from retention import searching
from retention.backups.expiring import Holding, keys_copied_at, makes_copies, newest_copy_with
from retention.documents import certificates_words as words
from retention.kinds import Kind
from retention.models import DestructionItem, DestructionList, TermChange
from retention.queries.closing import last_done_at, other_systems_of
from retention.queries.copies import mark_of_list
from retention.queries.facts import fates_of
from retention.queries.given import given_for
from retention.queries.lists import roles_around
from retention.rules import Why
from retention.rules.certificates import Counted, Elsewhere, OfKind, Person, Said
from retention.rules.lists import APPROVERS, REVIEWERS
from retention.terms import KINDS, in_order

_BATCH = 500  # dossiers at once, so that memory stays flat
Outcome = DestructionItem.Outcome


def said_about(made: DestructionList, *, copy_days: int, on: date) -> Said:
    """What the certificate of a list says, in the language that is active; no pupil's name.

    Raises BackupFailed when a copy can't say from when it is.
    """
    days = made.items.aggregate(first=Min("due_on"), last=Max("due_on"))
    done = last_done_at(made)
    copies = makes_copies()
    holding = holding_copy(made)
    return Said(
        board=made.school.board.unit.name,
        school=made.school.unit.name,
        list_name=made.name,
        first_due=words.day_words(days["first"]),
        last_due=words.day_words(days["last"]),
        made=words.day_words(made.made_on),
        made_by=made.made_by.name if made.made_by else "",
        reviewed=_person(made, made.reviewed_by, made.reviewed_on, REVIEWERS),
        approved=_person(made, made.approved_by, made.approved_on, APPROVERS),
        begun=words.moment_words(made.begun_at),
        ended=words.moment_words(done),
        pupils=_destroyed(made).values("dossier_id").distinct().count(),
        kinds=tuple(_kinds(made, done)),
        left=tuple(_left(made)),
        still_kept=tuple(_still_kept(made, on)),
        searched=words.searched_words(searching.summary(made)),
        elsewhere=tuple(_elsewhere(made)),
        makes_copies=copies,
        copy_days=copy_days,
        **_about_copies(holding, copies),
        decided=tuple(_deciders(made)),
        earlier=tuple((one.number, words.moment_words(one.at)) for one in given_for(made)),
    )


def holding_copy(made: DestructionList) -> Holding | None:
    """The newest copy that still holds what the list destroyed; none when no copy does."""
    if not makes_copies() or last_done_at(made) is None:
        return None
    return newest_copy_with(made.pk, mark_of_list(made))


def _about_copies(holding: Holding | None, copies: bool) -> dict[str, str]:
    return {
        "last_copy": words.moment_words(holding.begun_at) if holding else "",
        "copies_gone": words.day_words(holding.gone_on) if holding else "",
        "keys_copied": words.moment_words(keys_copied_at()) if copies else "",
    }


def _destroyed(made: DestructionList) -> QuerySet[DestructionItem]:
    return made.items.filter(outcome=Outcome.DESTROYED)


def _deciders(made: DestructionList) -> Iterator[Person]:
    """Who else decided about items before the list was reviewed, each with their last day."""
    others = made.items.exclude(decided_by=None).exclude(decided_by=made.reviewed_by_id)
    last = others.order_by().values_list("decided_by").annotate(last=Max("decided_at"))
    users = User.objects.in_bulk([user for user, _moment in last])
    for user, moment in sorted(last, key=lambda one: (one[1], users[one[0]].name)):
        yield _person(made, users[user], timezone.localtime(moment).date(), REVIEWERS)


def _person(
    made: DestructionList, who: User | None, day: date | None, roles: frozenset[str]
) -> Person:
    """Who took a step; a list that is carried out was reviewed and approved."""
    assert who is not None
    assert day is not None
    held = roles_around(who, made.school, day)
    return Person(who.name, words.role_words(held, roles), words.day_words(day))


def _kinds(made: DestructionList, done: datetime | None) -> Iterator[OfKind]:
    counted = {
        row["kind"]: row
        for row in made.items.values("kind")
        .order_by("kind")
        .annotate(
            destroyed=Count("pk", filter=Q(outcome=Outcome.DESTROYED)),
            left=Count("pk", filter=Q(outcome=Outcome.LEFT)),
            kept=Count("pk", filter=Q(decision=DestructionItem.Decision.KEEP)),
        )
    }
    for kind in in_order(counted):
        row = counted[kind.code]
        term, source = _term_then(made.school.board_id, kind, done)
        yield OfKind(str(kind.label), row["destroyed"], row["kept"], row["left"], term, source)


def _term_then(board: uuid.UUID, kind: Kind, done: datetime | None) -> tuple[str, str]:
    """The term that counted when the last item was destroyed, and its legal source."""
    rows = TermChange.objects.filter(board=board, kind=kind.code, approved_at__isnull=False)
    if done is not None:
        rows = rows.filter(approved_at__lte=done)
    change = rows.order_by("-approved_at", "-pk").first()
    if change is None:
        return words.term_words(kind.default), str(kind.source)
    return words.term_words(change.span), change.source


def _left(made: DestructionList) -> Iterator[Counted]:
    rows = made.items.filter(outcome=Outcome.LEFT).values("kind", "left_because")
    for row in rows.order_by("kind", "left_because").annotate(number=Count("pk")):
        label = str(KINDS[row["kind"]].label)
        yield Counted(label, words.why_words(row["left_because"]), row["number"])


def _still_kept(made: DestructionList, on: date) -> Iterator[Counted]:
    """What else the school keeps of the pupils of whom something was destroyed, and why."""
    found: Counter[tuple[str, str]] = Counter()
    keys = list(_destroyed(made).order_by().values_list("dossier_id", flat=True).distinct())
    for start in range(0, len(keys), _BATCH):
        dossiers = Dossier.objects.filter(pk__in=keys[start : start + _BATCH])
        for (_dossier, kind), fate in fates_of(dossiers, on=on).items():
            if fate.why is not Why.GONE:
                found[kind, fate.why] += 1
    for kept in KINDS.values():
        for why in Why:
            if found[kept.code, why]:
                yield Counted(str(kept.label), words.why_words(why), found[kept.code, why])


def _elsewhere(made: DestructionList) -> Iterator[Elsewhere]:
    for one in other_systems_of(made):
        said = one.said
        yield Elsewhere(
            system=one.words.get("system", ""),
            kind=one.words.get("kind", ""),
            custodian=one.words.get("custodian", ""),
            term=one.words.get("term", ""),
            pupils=one.system.pupils,
            answer=str(said.get_answer_display()) if said else "",
            said_by=said.said_by.name if said else "",
            said_on=words.day_words(said.said_on) if said else "",
        )
