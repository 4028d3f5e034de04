"""A plan in words: titles of its lists, names of fields, and each line as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from students.models import Parent, Parenthood, Pupil, RosterLine
from students.names import full_name
from students.roster.plan import Answer, Doubt
from students.teacher_roles import roles_in_words

LISTS: dict[str, Promise] = {
    "pupil.new": _("New pupils"),
    "pupil.returned": _("Pupils who returned"),
    "pupil.moved": _("Pupils who move to another group"),
    "pupil.changed": _("Pupils of whom something changes"),
    "pupil.left": _("Pupils who left"),
    "parent.new": _("New parents"),
    "parent.changed": _("Parents of whom something changes"),
    "link.new": _("Parents linked to a pupil"),
    "link.changed": _("Changes of relation or authority"),
    "group.new": _("New groups"),
    "group.changed": _("Groups that change"),
    "location.new": _("New locations"),
    "location.changed": _("Locations that change"),
    "proposal.new": _("Proposed counsellors"),
    "proposal.changed": _("Proposals that change"),
    "proposal.left": _("Proposals that lapse"),
    "pupil.left_out": _("Left out: gone before they came into the portal"),
    "link.left_out": _("Left out: rows of parents that are not used"),
}
QUESTIONS: dict[str, Promise] = {
    "doubtful": _("Doubtful: who is this?"),
    "missing": _("Missing from the file: did they leave?"),
}
FIELDS: dict[str, Promise] = {
    "key": _("Key"),
    "parent_key": _("Key"),
    "first_name": _("First name"),
    "prefix": _("Prefix"),
    "surname": _("Surname"),
    "birth_date": _("Date of birth"),
    "group_key": _("Group"),
    "combined_group_keys": _("Combined groups"),
    "location_key": _("Location"),
    "starts_on": _("Enrolled since"),
    "left_on": _("Left on"),
    "name": _("Name"),
    "year_group": _("Year group"),
    "is_combined": _("Combined group"),
    "roles": _("Roles"),
    "email": _("E-mail address"),
    "address": _("Address"),
    "is_secret": _("Secret address"),
    "relation": _("Relation"),
    "authority": _("Authority"),
    "since": _("Since"),
    "source": _("Source"),
}
DOUBTS: dict[str, Promise] = {
    Doubt.OTHER_PERSON: _(
        "This key belongs to somebody here with another name. Is it the same person?"
    ),
    Doubt.OTHER_KEY: _("Somebody here has the same name under another key. Is it the same person?"),
    Doubt.DUMMY_KEY: _("The system gave no lasting key. Is it somebody who is here already?"),
    Doubt.NO_KEY: _("This row has no parent key. People are never linked by name: you decide."),
    Doubt.LEFT_BEFORE_START: _(
        "The file says this pupil left before the enrolment that is known here."
    ),
    Doubt.UNKNOWN_PUPIL: _("No pupil here has this key."),
    Doubt.LEFT_EARLIER: _("Left before the pupil was known here."),
    Doubt.WITHDRAWN_LINK: _("Somebody withdrew this link by hand."),
    Doubt.OWN_CHILD: _("This is about your own child: a colleague sends this row."),
    Doubt.KEPT_ELSEWHERE: _("The address of this parent is secret and kept by another school."),
    Doubt.COLLEAGUE: _(
        "This parent works here. The director or the board officer says so on the pupil's page."
    ),
}
WORDS: dict[str, Promise] = {
    "yes": _("yes"),
    "no": _("no"),
    "unknown": _("unknown"),
    **{value: label for value, label in Parenthood.Relation.choices if value != "other"},
    "other": _("other carer"),
}
_ADDRESS = frozenset({"street", "postcode", "city"})
_DATES = frozenset({"birth_date", "starts_on", "left_on", "since"})
_GROUPS = frozenset({"group_key", "combined_group_keys"})
_NOT_SHOWN = frozenset({"pupil", "parent", *_ADDRESS})
_ORDER = (*FIELDS, *sorted(_NOT_SHOWN))


@dataclass
class Option:
    """One answer to a question."""

    value: str
    label: str | Promise
    facts: str = ""


@dataclass
class ShownLine:
    """One line as people read it."""

    row: RosterLine
    title: str
    about: str = ""
    why: str | Promise = ""
    fields: list[tuple[str | Promise, str, str]] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    chosen: str = ""


@dataclass
class People:
    """Whom the lines of one page are about."""

    pupils: Mapping[str, Pupil]
    parents: Mapping[str, Parent]
    groups: Mapping[str, str]


def shown(row: RosterLine, people: People) -> ShownLine:
    """One line in words."""
    title = _title(row, people)
    line = ShownLine(row, title, why=DOUBTS.get(row.doubt, ""))
    pupil = people.pupils.get(str(row.after.get("pupil", "")))
    if pupil is not None:
        line.about = pupil.name
    line.fields = _fields(row, people)
    if row.change == "doubtful":
        line.options = _who_options(row, people)
    elif row.change == "missing":
        line.options = [
            Option(Answer.LEFT, _("Left school, on this last day:")),
            Option(Answer.STILL_HERE, _("Still here: the file is not complete")),
            Option(Answer.ASK_LATER, _("I do not know yet: ask again next time")),
        ]
    line.chosen = f"{row.answer}:{row.candidate}" if row.candidate else row.answer
    return line


def _title(row: RosterLine, people: People) -> str:
    known = people.pupils.get(row.target) or people.parents.get(row.target)
    if known is not None:
        return known.name
    after = row.after or row.before
    if "name" in after:
        return str(after["name"])
    if "surname" in after:
        return full_name(str(after["first_name"]), str(after["prefix"]), str(after["surname"]))
    parent = people.parents.get(str(after.get("parent", "")))
    return parent.name if parent else row.key


def _fields(row: RosterLine, people: People) -> list[tuple[str | Promise, str, str]]:
    """Each field with its value before and after; addresses are named, never shown."""
    found: list[tuple[str | Promise, str, str]] = []
    for name in sorted(row.after, key=_ORDER.index):
        value = row.after[name]
        if name not in _NOT_SHOWN and (value not in ("", None, [], False) or name in row.before):
            before = _value(name, row.before.get(name), people)
            found.append((FIELDS[name], before, _value(name, value, people)))
    if any(row.after.get(name) for name in _ADDRESS):
        found.append((FIELDS["address"], "", str(_("in the file; not shown in lists"))))
    return found


def _value(name: str, value: object, people: People) -> str:
    if value in (None, "", []):
        return ""
    if name in _DATES:
        return date_format(date.fromisoformat(str(value)), "j F Y")
    if name in _GROUPS:
        keys: Sequence[object] = value if isinstance(value, list) else [value]
        return ", ".join(people.groups.get(str(key), str(key)) for key in keys)
    if isinstance(value, list):
        return roles_in_words(value) if name == "roles" else ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return str(WORDS["yes"] if value else WORDS["no"])
    return str(WORDS.get(str(value), value) if name in ("authority", "relation") else value)


def _who_options(row: RosterLine, people: People) -> list[Option]:
    options = []
    for key in row.candidates:
        pupil, parent = people.pupils.get(key), people.parents.get(key)
        label: str | Promise = _("Somebody who is known here")
        facts = ""
        if pupil is not None:
            label, facts = pupil.name, _born(pupil)
        elif parent is not None:
            label = parent.name
            facts = ", ".join(one.pupil.first_name for one in parent.children.all())
        elif key.startswith("line:"):
            label = _("The same as somebody earlier in this file")
            facts = str(_("line %(line)s") % {"line": key.removeprefix("line:")})
        options.append(Option(f"{Answer.SAME}:{key}", label, facts))
    options.append(Option(Answer.NEW, _("Somebody else: add as new")))
    options.append(Option(Answer.LEAVE_OUT, _("Leave this out for now")))
    return options


def _born(pupil: Pupil) -> str:
    if pupil.birth_date is None:
        return str(_("date of birth unknown"))
    return str(_("born %(day)s") % {"day": date_format(pupil.birth_date, "j F Y")})
