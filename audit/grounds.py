"""On which ground somebody looked: stored with each row, and shown in the record line."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Why this person could see this pupil."""

    ASSIGNMENT = "assignment", _("as counsellor")
    SUBSTITUTE = "substitute", _("as substitute")
    SHORT = "short", _("by an assignment of a few days")
    MEDICAL = "medical", _("as school doctor")
    EMERGENCY = "emergency", _("in an emergency")
    CUSTODIAN = "custodian", _("as keeper of the dossiers")
    ADMINISTRATION = "administration", _("for the administration")
    CHECK = "check", _("to see what is allowed")
    OVERSIGHT = "oversight", _("as supervisor of the log")
    RETENTION = "retention", _("to keep or destroy it in time")
    OWN = "own", _("own data")
    NONE = "none", _("no ground")
    SYSTEM = "system", _("by the system")
