"""What happens in this room, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

BACKUP_MADE = event("backup-made", _("made a copy of everything"), Action.EXPORT)
RESTORED = event("restored", _("put a copy of everything back"), Action.CREATE)
