"""Addresses of findings: reading, judging, what is looked for, and the assent it takes."""

from django.urls import path, register_converter

from oversight.rules.findings import BY_CODE
from oversight.views import findings, findings_own, findings_settings


class RuleName:
    """A rule of findings in an address; anything else is no address at all."""

    regex = "|".join(BY_CODE)

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return value


register_converter(RuleName, "rule")
FINDINGS = [
    path("findings/", findings.findings, name="findings"),
    path("findings/mine/", findings_own.my_findings, name="my_findings"),
    path("findings/mine/rows/", findings_own.my_rows, name="my_log_rows"),
    path("findings/mine/<uuid:finding_id>/", findings_own.my_finding, name="my_finding"),
    path("findings/rules/", findings_settings.finding_rules, name="finding_rules"),
    path(
        "findings/rules/<uuid:board_id>/<rule:rule>/",
        findings_settings.finding_rule,
        name="finding_rule",
    ),
    path("findings/assent/", findings_settings.assents, name="staff_assents"),
    path(
        "findings/assent/<uuid:assent_id>/withdraw/",
        findings_settings.end_assent,
        name="end_staff_assent",
    ),
    path(
        "findings/assent/<uuid:school_id>/", findings_settings.add_assent, name="add_staff_assent"
    ),
    path("findings/<uuid:finding_id>/", findings.finding, name="finding"),
    path("findings/<uuid:finding_id>/judge/", findings.judge, name="judge_finding"),
]
