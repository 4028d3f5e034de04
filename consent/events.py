"""What happens with consent, for the log."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

PURPOSE_ADDED = event("purpose-added", _("added a purpose of consent"), Action.CREATE)
PURPOSE_ENDED = event("purpose-ended", _("ended a purpose of consent"), Action.UPDATE)
TEXT_WRITTEN = event("consent-text-written", _("wrote a text of consent"), Action.CREATE)
TEXT_CHANGED = event("consent-text-changed", _("changed a draft of consent"), Action.UPDATE)
TEXT_PUT_IN_USE = event("consent-text-in-use", _("put a text of consent in use"), Action.UPDATE)
ROUND_STARTED = event("consent-round-started", _("started a round of consent"), Action.CREATE)
REQUESTED = event("consent-requested", _("asked for consent"), Action.CREATE)
ANSWERED = event("consent-answered", _("answered a request for consent"), Action.CREATE)
ANSWER_RECORDED = event(
    "consent-answer-recorded",
    _("recorded an answer on paper or in person"),
    Action.CREATE,
)
ANSWER_CORRECTED = event(
    "consent-answer-corrected",
    _("found that a no was recorded by mistake"),
    Action.UPDATE,
)
SCAN_ADDED = event("consent-scan-added", _("added a scan of an answer"), Action.CREATE)
SCAN_WITHDRAWN = event("consent-scan-withdrawn", _("withdrew a scan of an answer"), Action.UPDATE)
OBJECTION_RECORDED = event("objection-recorded", _("recorded an objection"), Action.CREATE)
OBJECTION_LIFTED = event("objection-lifted", _("lifted an objection"), Action.UPDATE)
SAFETY_BLOCK_PLACED = event("safety-block-placed", _("placed a safety block"), Action.CREATE)
SAFETY_BLOCK_LIFTED = event("safety-block-lifted", _("lifted a safety block"), Action.UPDATE)
COURT_ORDER_RECORDED = event("court-order-recorded", _("recorded a court order"), Action.RIGHTS)
COURT_ORDER_ENDED = event("court-order-ended", _("ended a court order"), Action.RIGHTS)
COVERAGE_RECORDED = event(
    "order-coverage-recorded", _("recorded what a court's order covers"), Action.RIGHTS
)
COVERAGE_WITHDRAWN = event(
    "order-coverage-withdrawn", _("withdrew what a court's order covers"), Action.RIGHTS
)
UNABLE_DECIDED = event(
    "unable-decided", _("decided that a pupil can't decide a question"), Action.RIGHTS
)
UNABLE_ENDED = event("unable-ended", _("ended such a decision"), Action.RIGHTS)
UNREACHABLE_DECIDED = event(
    "unreachable-decided", _("recorded that a parent can't be reached"), Action.RIGHTS
)
UNREACHABLE_ENDED = event("unreachable-ended", _("recorded that a parent is back"), Action.RIGHTS)
CHECKED = event("consent-checked", _("checked what is allowed"), Action.LIST)
CODE_MADE = event("consent-code-made", _("made a code for a parent or pupil"), Action.RIGHTS)
CODE_REFUSED = event("consent-code-refused", _("typed a wrong code"), Action.SIGN_IN)
CODE_USED = event("consent-code-used", _("used a code"), Action.RIGHTS)
CODE_WITHDRAWN = event("consent-code-withdrawn", _("withdrew a code"), Action.RIGHTS)
CODE_SENT = event("consent-code-sent", _("sent a code by e-mail"), Action.RIGHTS)
TOLD = event("consent-told", _("sent mails about what is asked"), Action.CREATE)
REMINDED = event("consent-reminded", _("sent reminders"), Action.CREATE)
LETTERS_STARTED = event("consent-letters-started", _("asked for letters"), Action.CREATE)
LETTERS_MADE = event("consent-letters-made", _("made letters with codes"), Action.RIGHTS)
LETTERS_FETCHED = event("consent-letters-fetched", _("downloaded letters"), Action.EXPORT)
LETTERS_EXPIRED = event("consent-letters-expired", _("threw letters away unread"), Action.DELETE)
RECEIPT_KEPT = event("consent-receipt-kept", _("made the paper of a receipt"), Action.CREATE)
PUBLISHED = event("picture-published", _("recorded a publication"), Action.CREATE)
TAKE_DOWN_ASKED = event("take-down-asked", _("set the task to take a picture down"), Action.CREATE)
TAKEN_DOWN = event("picture-taken-down", _("took a picture down"), Action.UPDATE)
TAKE_DOWN_CLOSED = event(
    "take-down-closed", _("closed such a task: everybody agreed again"), Action.UPDATE
)
RECORDING_ENTERED = event("recording-entered", _("entered a lesson recording"), Action.CREATE)
RECORDING_DELETED = event("recording-deleted", _("deleted a lesson recording"), Action.UPDATE)
RECORDING_TERM_SET = event(
    "recording-term-set", _("set how long lesson recordings are kept"), Action.UPDATE
)
FILMING_ASKED = event("filming-asked", _("asked to film at school"), Action.CREATE)
FILMING_DECIDED = event("filming-decided", _("decided about filming at school"), Action.UPDATE)
NOTICE_WRITTEN = event("picture-notice-written", _("wrote the notice on pictures"), Action.UPDATE)
NOTICE_PUT_IN_USE = event(
    "picture-notice-in-use", _("put the notice on pictures in use"), Action.UPDATE
)
NOTICE_CONFIRMED = event(
    "picture-notice-confirmed", _("confirmed the notice on pictures"), Action.CREATE
)
NOTICE_RECORDED = event(
    "picture-notice-recorded",
    _("recorded that parents confirmed the notice on paper"),
    Action.CREATE,
)
