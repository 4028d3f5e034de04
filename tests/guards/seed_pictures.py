"""A publication, a task, a proof, a recording and a question for each pupil of the seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from access.acting import acting_as
from consent.actions.purposes import TextData, add_purpose, put_in_use, write_text
from consent.models import (
    Check,
    FilmingRequest,
    PictureNotice,
    Publication,
    PublishedPupil,
    RecordedPupil,
    Recording,
    Removal,
    TakeDown,
)
from files.kinds import Kind
from students.models import Parent
from tests.cast import Cast
from vault import blobs
from vault.chunks import seal_file
from vault.sealing import create_keys, keyring


@dataclass
class SeededPictures:
    """What was made, by pupil."""

    notice: PictureNotice
    publications: dict[str, Publication] = field(default_factory=dict)
    tasks: dict[str, TakeDown] = field(default_factory=dict)
    removals: dict[str, Removal] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    filming: dict[str, FilmingRequest] = field(default_factory=dict)


def seed_pictures(cast: Cast, checks: dict[str, Check], word_of) -> SeededPictures:
    """As the owner, past actions and locks; `word_of(pupil)` is the marker of its name."""
    for channel in ("recording", "filming"):
        _ask_for(cast, channel)
    notice = PictureNotice.objects.create(
        board=cast.board, number=1, text_nl="Demo", text_en="Demo",
        written_by=cast.board_officer, in_use_from=cast.today,
        put_in_use_by=cast.board_officer, put_in_use_at=timezone.now(),
    )  # fmt: skip
    made = SeededPictures(notice)
    for key, check in checks.items():
        _publish(cast, made, key, check, word_of(key))
        _record(cast, made, key)
        _ask_to_film(cast, made, key)
    return made


def _ask_for(cast: Cast, channel: str) -> None:
    by, on = cast.board_officer, cast.today
    with acting_as(by, on=on):
        purpose = add_purpose(board=cast.board, code=channel, channel=channel, by=by, on=on)
        data = TextData(f"Demo {channel}", f"Demo {channel}", "Mag dit?", "May this be?")
        text = write_text(purpose=purpose, data=data, by=by, on=on)
        put_in_use(text=text, from_day=on, by=by, on=on)


def _publish(cast: Cast, made: SeededPictures, key: str, check: Check, word: str) -> None:
    row = Publication.objects.create(
        school=check.school, purpose=check.purpose, text=check.text, check_made=check,
        place="Demo newsletter", published_on=cast.today, published_by=check.checked_by,
    )  # fmt: skip
    published = PublishedPupil.objects.create(publication=row, pupil=cast.pupils[key])
    made.publications[key] = row
    made.tasks[key] = TakeDown.objects.create(
        published=published, asked_on=cast.today, due_on=cast.today + timedelta(days=7)
    )
    removal = Removal(
        publication=row, school=row.school, how="whole", done_on=cast.today,
        done_by=check.checked_by,
    )  # fmt: skip
    create_keys([removal.pk])
    keys = keyring([removal.pk])
    file = {
        "name": "Proof.pdf", "media_type": "application/pdf", "extension": "pdf",
        "kind": Kind.PDF, "size": len(word), "pages": 1, "changes": [],
    }  # fmt: skip
    removal.blob = blobs.keep(seal_file(keys, removal.pk, removal.file_place, word.encode()))
    removal.sealed = keys.seal_json(removal.pk, removal.place, {"words": "Gone", "file": file})
    removal.save(force_insert=True)
    made.removals[key] = removal


def _record(cast: Cast, made: SeededPictures, key: str) -> None:
    check = made.publications[key].check_made
    row = Recording.objects.create(
        school=check.school,
        group=cast.other_group if key == "foreign" else cast.group,
        recorded_on=cast.today, kept_where="Demo camera", ends_on=cast.today,
        teacher=check.checked_by,
    )  # fmt: skip
    RecordedPupil.objects.create(recording=row, pupil=cast.pupils[key], is_out_of_view=True)
    made.recordings[key] = row


def _ask_to_film(cast: Cast, made: SeededPictures, key: str) -> None:
    parents = Parent.objects.filter(children__pupil=cast.pupils[key])
    parent = parents.order_by("pk").exclude(user=cast.parent_teacher).first()
    made.filming[key] = FilmingRequest.objects.create(
        school=made.publications[key].school,
        parent=parent or Parent.objects.get(user=cast.parent),
        occasion=f"Demo musical {key}", day=cast.today, why="For the grandparents",
        asked_by=cast.parent,
    )  # fmt: skip
