"""What a board asks consent for, and the texts it asks with."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models import Board


class Channel(models.TextChoices):
    """Where it is used."""

    PICTURES = "pictures", _("taking pictures")
    CLASS_APP = "class-app", _("class app")
    SCHOOL_APP = "school-app", _("school app")
    NEWSLETTER = "newsletter", _("newsletter")
    GUIDE = "guide", _("school guide")
    WEBSITE = "website", _("website")
    SOCIAL = "social", _("social media")
    PRESS = "press", _("press")
    PHOTOGRAPHER = "photographer", _("class photographer")
    RECORDING = "recording", _("lesson recordings")
    FILMING = "filming", _("filming by other parents")
    CONTACT_LIST = "contact-list", _("contact list")
    OTHER = "other", _("something else")


# Others always get to see these; of the rest the text says whether they do.
PUBLISHING = frozenset(Channel) - {Channel.PICTURES, Channel.RECORDING, Channel.OTHER}
# These are asked for making pictures, and the school shows them to nobody; the database says so.
NEVER_PUBLISHED = frozenset({Channel.PICTURES, Channel.RECORDING, Channel.FILMING})
# Mission, Pictures: making them may be declared free of consent, publishing them never.
MAY_BE_FREE = frozenset({Channel.PICTURES, Channel.RECORDING, Channel.FILMING})


class Purpose(models.Model):
    """Something a board asks consent for, through one channel. What is asked is in its texts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="purposes")
    code = models.SlugField(max_length=40)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    # Sharing with another body (P3, P4): always all parents, and the pupil from 12.
    is_for_outsiders = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "code"], name="one_purpose_per_code"),
            # Mission, P14: recordings of lessons never leave the school.
            models.CheckConstraint(
                name="a_lesson_recording_is_never_disclosed",
                condition=~Q(channel="recording") | Q(is_for_outsiders=False),
            ),
            models.CheckConstraint(
                name="who_ends_a_purpose_and_when_go_together",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"purpose {self.code}"


class PurposeText(models.Model):
    """One version of what is asked: the text in both languages, and who must agree.

    A draft until it is put in use, from a day on. Then it never changes: it is what people
    signed. A later version in use replaces it and asks anew.
    """

    class Needs(models.TextChoices):
        ONE = "one", _("one parent is enough")
        ALL = "all", _("all parents with authority")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveSmallIntegerField()
    title_nl = models.CharField(_("title in Dutch"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=80)
    text_nl = models.TextField(_("text in Dutch"))
    text_en = models.TextField(_("text in English"))
    needs = models.CharField(_("whose yes is needed"), max_length=3, choices=Needs.choices)
    is_pupil_heard = models.BooleanField(_("the pupil's own answer counts from 12"), default=True)
    is_publication = models.BooleanField(_("others get to see it"), default=True)
    is_yearly = models.BooleanField(_("ends with the school year"), default=True)
    is_promised = models.BooleanField(_("the board's own papers promise consent"), default=True)
    is_free = models.BooleanField(_("free of consent"), default=False)
    free_ground = models.CharField(_("ground"), max_length=300, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    in_use_from = models.DateField(_("in use from"), null=True)
    put_in_use_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    put_in_use_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "number"], name="one_text_of_a_number"),
            models.CheckConstraint(
                name="a_text_is_put_in_use_by_somebody_at_some_time",
                condition=Q(
                    in_use_from__isnull=True,
                    put_in_use_by__isnull=True,
                    put_in_use_at__isnull=True,
                )
                | Q(
                    in_use_from__isnull=False,
                    put_in_use_by__isnull=False,
                    put_in_use_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_text_in_use_speaks_both_languages",
                condition=Q(in_use_from__isnull=True)
                | (~Q(title_nl="") & ~Q(title_en="") & ~Q(text_nl="") & ~Q(text_en="")),
            ),
            # Mission, Pictures: only with a recorded ground, and never while consent is promised.
            models.CheckConstraint(
                name="free_of_consent_has_a_ground_and_breaks_no_promise",
                condition=Q(is_free=False) | (~Q(free_ground="") & Q(is_promised=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"text {self.number} of purpose {str(self.purpose_id)[:8]}"
