"""What the pages of this room are called in the log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WHO_LOOKED = _("Who looked")
_QUESTIONS = _("Questions about a look")

PAGES: dict[str, Promise] = {
    # who looked, for families
    "who_looked_children": _WHO_LOOKED,
    "who_looked": _WHO_LOOKED,
    "ask_why": _("Asking why somebody looked"),
    "own_look_question": _("An own question about a look"),
    "let_see_who_looked": _("Whether a parent sees who looked"),
    "look_questions": _QUESTIONS,
    "look_question": _QUESTIONS,
    "look_papers": _("Who looked, on paper"),
    "look_paper": _("Who looked, on paper"),
    "look_names": _("Names or roles for families"),
    "held_back": _("Looks that are held back"),
    "hold_back_looks": _("Holding looks back"),
    "give_looks_free": _("Holding looks back no longer"),
    # reports
    "reports": _("Reports of the log"),
    "school_reports": _("Reports of one school"),
    "month_report": _("The report of a month"),
    "period_report": _("The report of a period"),
    "report_export": _("A report as a file"),
    "report_paper": _("A report on paper"),
    "sign_report": _("Signing the report of a month"),
    # findings
    "findings": _("Findings"),
    "finding": _("A finding"),
    "judge_finding": _("Judging a finding"),
    "my_findings": _("Findings about oneself"),
    "my_log_rows": _("What the log says of oneself"),
    "my_finding": _("A finding about oneself"),
    "finding_rules": _("What is looked for in the log"),
    "finding_rule": _("Setting a rule of findings"),
    "staff_assents": _("Assent of the staff section"),
    "add_staff_assent": _("Recording the assent of the staff section"),
    "end_staff_assent": _("Withdrawing the assent of the staff section"),
}
