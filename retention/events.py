"""What happens in this room, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

TERM_PROPOSED = event("term-proposed", _("proposed another term"), Action.CREATE)
TERM_APPROVED = event("term-approved", _("approved another term"), Action.UPDATE)
TERM_WITHDRAWN = event("term-withdrawn", _("took a proposed term back"), Action.UPDATE)
HOLD_PLACED = event("hold-placed", _("placed a hold on a dossier"), Action.CREATE)
HOLD_REVIEWED = event("hold-reviewed", _("looked at a hold again and kept it"), Action.UPDATE)
HOLD_LIFTED = event("hold-lifted", _("lifted a hold"), Action.UPDATE)
HOLDS_IN_STEP = event("holds-in-step", _("placed and lifted holds by what is open"), Action.UPDATE)
BACKUP_MADE = event("backup-made", _("made a copy of everything"), Action.EXPORT)
MASTER_KEY_CHANGED = event("master-key-changed", _("changed the master key"), Action.UPDATE)
RESTORED = event("restored", _("put a copy of everything back"), Action.CREATE)
