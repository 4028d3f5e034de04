"""Parents, their addresses, their authority (gezag), and representatives."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models.named import Named
from students.models.organisation import Board
from students.models.pupils import Pupil
from students.models.sources import SourceKey


class Parent(Named):
    """A parent or carer. Two parents are never merged by name.

    One person can be known twice (at two boards, or at two schools that each wrote them down), so
    an account can belong to several of these: by the code of each, never by name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="parents")
    surname = models.CharField(_("surname"), max_length=200)  # a parent always has one
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="known_as_parent",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_parents_email_address_is_given_or_absent", condition=~Q(email="")
            )
        ]
        indexes: ClassVar = [models.Index(fields=["board", "sort_name", "id"])]

    def __str__(self) -> str:
        return f"parent {str(self.pk)[:8]}"


class ParentAddress(models.Model):
    """Where a parent lives. A secret address is for administrator and director only."""

    parent = models.OneToOneField(
        Parent, primary_key=True, on_delete=models.CASCADE, related_name="address"
    )
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    is_secret = models.BooleanField(_("secret address"), default=False)

    def __str__(self) -> str:
        return f"address of parent {str(self.pk)[:8]}"


class ParentSourceKey(SourceKey):
    """The key of a parent in a source: what the parents' file matches on."""

    parent = models.ForeignKey(Parent, on_delete=models.CASCADE, related_name="source_keys")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "system", "key"], name="one_parent_per_key_of_the_source"
            )
        ]


class Parenthood(models.Model):
    """This person is a parent or carer of this pupil; authority is apart."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        STEPPARENT = "stepparent", _("stepparent")
        FOSTER = "foster", _("foster parent")
        GRANDPARENT = "grandparent", _("grandparent")
        OTHER = "other", _("other carer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(Parent, on_delete=models.CASCADE, related_name="children")
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="parenthoods")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # A link made by mistake: it counts no more, and stays visible in nobody's page.
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "pupil"], name="a_parent_is_linked_once"),
            models.CheckConstraint(
                name="a_link_is_withdrawn_by_somebody_at_some_time",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"parenthood {str(self.pk)[:8]}"


class Authority(models.Model):
    """Authority (gezag) of a parent over a pupil: yes, no or unknown, with dates and source.

    History is added, not overwritten: a new row closes the one before. Only *yes* can sign (P5).
    """

    class Value(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNKNOWN = "unknown", _("unknown")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parenthood = models.ForeignKey(Parenthood, on_delete=models.CASCADE, related_name="authorities")
    value = models.CharField(_("authority"), max_length=10, choices=Value.choices)
    starts_on = models.DateField(_("since"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["starts_on", "recorded_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parenthood"],
                condition=Q(ends_on__isnull=True),
                name="one_authority_counts_at_a_time",
            ),
            models.CheckConstraint(
                name="authority_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
            models.CheckConstraint(
                name="authority_yes_or_no_names_its_source",
                condition=Q(value="unknown") | ~Q(source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"authority {str(self.pk)[:8]}"


class Representative(models.Model):
    """Who else answers: voogd, curator or mentor, by a court's decision with its dates."""

    class Kind(models.TextChoices):
        VOOGD = "voogd", _("guardian appointed by court (voogd)")
        CURATOR = "curator", _("curator")
        MENTOR = "mentor", _("mentor")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="representatives")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name of the person or officer"), max_length=200)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    court_decision = models.CharField(_("court decision"), max_length=200)
    covers = models.CharField(_("what the order covers"), max_length=300, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_representative_names_the_court_decision",
                condition=~Q(court_decision=""),
            ),
            models.CheckConstraint(
                name="representation_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
        ]

    def __str__(self) -> str:
        return f"representative {str(self.pk)[:8]}"
