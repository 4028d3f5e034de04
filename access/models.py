"""Users, units (where a role counts), memberships and invitations."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from access.permissions import Permission
from access.roles import FAMILY_ROLES, ROLES, Role, choices


class Unit(models.Model):
    """A board or one of its schools: the place a membership counts for."""

    class Kind(models.TextChoices):
        BOARD = "board", _("board")
        SCHOOL = "school", _("school")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="units"
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_school_has_a_board_and_a_board_has_none",
                condition=Q(kind="board", parent__isnull=True)
                | Q(kind="school", parent__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts. There is no create_superuser: nobody may see everything."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it can only be entered through an invitation."""
        user = self.model(username=username.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. E-mail is optional: a parent without one gets a user name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"),
        max_length=2,
        default="nl",
        choices=[("nl", _("Dutch")), ("en", _("English"))],
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="no_superuser_can_exist", condition=Q(is_superuser=False)),
            models.UniqueConstraint(Lower("username"), name="one_account_per_user_name"),
            models.UniqueConstraint(Lower("email"), name="one_account_per_email_address"),
            models.CheckConstraint(
                name="an_email_address_is_given_or_absent", condition=~Q(email="")
            ),
        ]

    def __str__(self) -> str:
        return f"user {str(self.pk)[:8]}"

    def get_full_name(self) -> str:
        """The name as shown to others."""
        return self.name

    def clean(self) -> None:
        """Stores an absent e-mail address as absent, so that two people may have none."""
        super().clean()
        self.email = self.email or None

    @cached_property
    def _membership_rows(self) -> list[Membership]:
        return list(self.memberships.select_related("unit").order_by("starts_on", "pk"))

    def memberships_on(self, day: date) -> list[Membership]:
        """The memberships that count on `day` (one query per request)."""
        return [m for m in self._membership_rows if m.counts_on(day)]

    def first_membership_on(self, day: date) -> Membership | None:
        """As whom somebody acts where nothing else says so: as staff before as family.

        Else a teacher who is a parent as well would be refused as a parent, and nobody would hear.
        """
        held = self.memberships_on(day)
        return min(held, key=lambda m: not ROLES[m.role].is_staff, default=None)

    def roles_on(self, day: date) -> list[type[Role]]:
        """The roles held on `day`, in the order they began."""
        return [ROLES[m.role] for m in self.memberships_on(day)]

    def is_staff_on(self, day: date) -> bool:
        """Whether any role held on `day` is a staff role."""
        return any(role.is_staff for role in self.roles_on(day))

    @property
    def has_ended(self) -> bool:
        """Whether the account itself is gone, and the row stays for what points at it."""
        return self.username == f"gone-{self.pk}"

    @property
    def has_ever_worked(self) -> bool:
        """Whether any role, held now, before or later, is one of staff or of the council."""
        return any(m.role not in FAMILY_ROLES for m in self._membership_rows)

    def memberships_with(self, permission: Permission, day: date) -> list[Membership]:
        """The memberships on `day` whose role gives `permission`."""
        return [m for m in self.memberships_on(day) if permission in ROLES[m.role].permissions]

    def units_with(self, permission: Permission, day: date) -> list[uuid.UUID]:
        """Keys of the units where `permission` is held on `day`.

        A role held at the board reaches every school of that board: the keys of boards are
        given too, so that a query asks `unit__in` or `unit__parent__in`.
        """
        return [m.unit_id for m in self.memberships_with(permission, day)]


class Membership(models.Model):
    """A role somebody holds at a board or a school, from a day up to and including a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    given_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="memberships_given"
    )
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
            models.CheckConstraint(
                name="nobody_gives_themselves_a_role",
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("user")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"membership {str(self.pk)[:8]}"

    def counts_on(self, day: date) -> bool:
        """Whether the role is held on `day`; both ends are included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def role_class(self) -> type[Role]:
        """The role's class, with its sentence and permissions."""
        return ROLES[self.role]


class Invitation(models.Model):
    """An invitation to a future member of staff. Only a hash of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=30, choices=choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        default="nl",
        choices=[("nl", _("Dutch")), ("en", _("English"))],
    )
    # Nobody: the first board officer of a new portal, invited by a command.
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_invites_and_accepts",
                condition=Q(accepted_by__isnull=True)
                | Q(invited_by__isnull=True)
                | ~Q(accepted_by=F("invited_by")),
            ),
            models.CheckConstraint(
                name="who_withdrew_an_invitation_has_a_moment",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accepted_when_and_by_whom_go_together",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {str(self.pk)[:8]}"

    @property
    def role_class(self) -> type[Role]:
        """The role's class, with its sentence and permissions."""
        return ROLES[self.role]
