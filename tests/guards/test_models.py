"""What every table promises: nobody's name in its text, and a known end."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tests.guards.personal_data import NOT_PERSONAL, PERSONAL
from vault.uses import rooms_that_keep_blobs

OURS = {"access", "audit", "vault", "students", "dossiers", "consent", "oversight", "retention"}
MARKER = "Qmarkerq"


def stored_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def test_every_table_is_known_to_hold_personal_data_or_not():
    known = set(PERSONAL) | set(NOT_PERSONAL)
    names = {label(m) for m in apps.get_models(include_auto_created=True) if not m._meta.swapped}
    assert not names - known, (
        f"{sorted(names - known)}: put each in tests/guards/personal_data.py, with what its end "
        "follows"
    )
    assert not known - names, f"gone: {sorted(known - names)}"
    assert not set(PERSONAL) & set(NOT_PERSONAL)
    assert all(end.strip() for end in (PERSONAL | NOT_PERSONAL).values())


def _filled(model: type[models.Model]) -> models.Model:
    """An unsaved row with the marker in every text."""
    row = model()
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and not field.choices:
            setattr(row, field.attname, MARKER)
    return row


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m._meta.app_label in OURS and m._meta.label in PERSONAL],
    ids=label,
)
def test_the_text_of_a_row_about_a_person_holds_a_number_and_no_name(model):
    assert MARKER not in str(_filled(model))
    assert MARKER not in repr(_filled(model))


@pytest.mark.parametrize(
    "model", [m for m in stored_models() if m._meta.app_label in OURS], ids=label
)
def test_whatever_appears_in_an_address_has_a_key_that_can_not_be_guessed(model):
    key = model._meta.pk
    if isinstance(key, models.UUIDField | models.OneToOneField):
        return
    hidden = {
        "students.PupilSourceKey",
        "students.ParentSourceKey",
        "students.GroupMembership",
        "students.RosterLine",
        "dossiers.DossierPartPermission",
        "retention.LedgerLine",
        "access.User_groups",
        "access.User_user_permissions",
        "audit.Seal",
        "audit.SealMark",
    }
    assert label(model) in hidden, f"{label(model)} has a key one can count on"


@pytest.mark.promise("P24")
def test_what_the_roster_offers_and_guidance_does_not_need_has_no_column():
    never = ("bsn", "sofi", "onderwijsnummer", "etnic", "ethnic", "nationality", "birth_country")
    found = [
        f"{label(m)}.{f.name}"
        for m in stored_models()
        for f in m._meta.concrete_fields
        if m._meta.app_label in OURS and any(word in f.name.lower() for word in never)
    ]
    assert not found


def test_no_model_keeps_a_plain_file():
    found = [
        f"{label(m)}.{f.name}"
        for m in stored_models()
        for f in m._meta.concrete_fields
        if isinstance(f, models.FileField)
    ]
    assert not found
    assert settings.STORAGES["default"]["BACKEND"] == "access.uploads.NoPlainFiles"


def test_every_table_that_names_sealed_files_is_asked_before_the_sweep(db):
    """Else the sweep takes away what nobody else names."""
    naming = [
        (m, f.name)
        for m in stored_models()
        for f in m._meta.concrete_fields
        if isinstance(f, models.UUIDField) and f.name in {"blob", "thumbnail"}
    ]
    assert {m._meta.app_label for m, _name in naming} == rooms_that_keep_blobs()
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname like '%_in_use'")
        asked = " ".join(text for (text,) in cursor.fetchall())
    for model, name in naming:
        question = rf"from {model._meta.db_table} (\w) where \1\.{name} = any"
        assert re.search(question, asked), f"no function asks {model._meta.db_table} for {name}"


def test_history_is_added_so_no_model_of_ours_changes_itself_on_saving():
    found = [
        f"{label(m)}.{f.name}"
        for m in stored_models()
        for f in m._meta.concrete_fields
        if m._meta.app_label in OURS and getattr(f, "auto_now", False)
    ]
    assert not found


def test_constraints_read_as_sentences():
    found = [
        c.name
        for m in stored_models()
        if m._meta.app_label in OURS
        for c in m._meta.constraints
        if len(c.name.split("_")) < 3
    ]
    assert not found


def test_names_of_who_and_when_stand_together():
    """`x_by` has its `x_at`: who without when is no record."""
    found = []
    for m in stored_models():
        if m._meta.app_label not in OURS:
            continue
        names = {f.name for f in m._meta.concrete_fields}
        found += [
            f"{label(m)}.{name}"
            for name in names
            if name.endswith("_by") and not {name[:-3] + "_at", "created_at"} & names
        ]
    assert not found
