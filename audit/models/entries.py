"""The log's rows, in the shape of django-auditlog's entry, partitioned by month.

What is left out on purpose: old and new values, the object's name, the client's word on where it
comes from. The log says *that* and *which field*; the dossier says *what*. Whose data it is stands
as the pupil's random log key, which dies with the pupil: then the row is anonymous by itself.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.events import EVENTS, Action, Outcome
from audit.grounds import Ground


class LogEntry(AbstractLogEntry):
    """One event: when, what, how it ended, whose data, who (name and role as then), why, whence.

    Fields by analogy with NEN 7513:2018, chapter 6. Written by `audit.actions.write` alone, which
    gives each its mark; never changed: the web login may INSERT and SELECT only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    timestamp = models.DateTimeField(_("when"), default=timezone.now)
    event = models.CharField(_("what"), max_length=40)
    action = models.PositiveSmallIntegerField(_("type"), choices=Action.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    subjects = ArrayField(models.UUIDField(), default=list)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    actor_role = models.CharField(_("role"), max_length=60, blank=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, default=Ground.NONE)
    unit = models.UUIDField(null=True)
    content_type = models.ForeignKey(  # type: ignore[assignment]  # stock: not null
        "contenttypes.ContentType",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    object_pk = models.CharField(max_length=255, blank=True)
    changes = models.JSONField(null=True)  # names of fields, never their values
    cid = models.CharField(_("request"), max_length=36, blank=True)
    remote_addr = models.GenericIPAddressField(null=True)
    additional_data = models.JSONField(null=True)  # view, counts, keys; never names or content
    # Given by the database, in the order of writing; a gap says that somebody rolled back.
    number = models.BigIntegerField(editable=False)
    mark = models.BinaryField(editable=False)  # audit/marks.py; empty on rows from before marks

    # Parts of the stock entry that could carry names or values.
    object_id = None
    object_repr = None  # type: ignore[assignment]  # how Django takes a field away
    serialized_data = None
    changes_text = None  # type: ignore[assignment]  # likewise
    remote_port = None
    actor_email = None

    # Without the stock manager's log_create, which would write values.
    objects: ClassVar = models.Manager()  # type: ignore[assignment]  # stock: its own manager

    class Meta:
        ordering: ClassVar = ["-timestamp"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_actor_has_a_name_and_a_name_an_actor_or_a_job",
                condition=models.Q(actor__isnull=True) | ~models.Q(actor_name=""),
            )
        ]

    def __str__(self) -> str:
        return f"log row {str(self.pk)[:8]}"

    @property
    def event_label(self) -> str:
        """The event in words."""
        known = EVENTS.get(self.event)
        return str(known.label) if known else self.event
