"""What a board asks consent for, and the texts it asks with."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.constraints import go_together
from consent.models.versions import Versioned, in_both_languages, put_in_use_by_somebody
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
                condition=go_together("ended_at", "ended_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"purpose {self.code}"


class PurposeText(Versioned):
    """One version of what is asked: the text in both languages, and who must agree.

    A draft until it is put in use, from a day on. Then it never changes: it is what people
    signed. A later version in use replaces it and asks anew.
    """

    class Needs(models.TextChoices):
        ONE = "one", _("one parent is enough")
        ALL = "all", _("all parents with authority")

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="texts")
    title_nl = models.CharField(_("title in Dutch"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=80)
    needs = models.CharField(_("whose yes is needed"), max_length=3, choices=Needs.choices)
    is_pupil_heard = models.BooleanField(_("the pupil's own answer counts from 12"), default=True)
    is_publication = models.BooleanField(_("others get to see it"), default=True)
    is_yearly = models.BooleanField(_("ends with the school year"), default=True)
    is_promised = models.BooleanField(_("the board's own papers promise consent"), default=True)
    is_free = models.BooleanField(_("free of consent"), default=False)
    free_ground = models.CharField(_("ground"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "number"], name="one_text_of_a_number"),
            put_in_use_by_somebody("a_text_is_put_in_use_by_somebody_at_some_time"),
            in_both_languages(
                "a_text_in_use_speaks_both_languages",
                "title_nl",
                "title_en",
                "text_nl",
                "text_en",
            ),
            # Mission, Pictures: only with a recorded ground, and never while consent is promised.
            models.CheckConstraint(
                name="free_of_consent_has_a_ground_and_breaks_no_promise",
                condition=Q(is_free=False) | (~Q(free_ground="") & Q(is_promised=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"text {self.number} of purpose {str(self.purpose_id)[:8]}"
