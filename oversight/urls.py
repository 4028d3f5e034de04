"""Addresses of this room, grouped by noun."""

from django.urls import path

from oversight.findings_urls import FINDINGS
from oversight.views import (
    looks,
    looks_held,
    looks_paper,
    questions,
    reports,
    reports_lists,
    reports_signing,
)

_LOOKED_AT = "who-looked/<uuid:pupil_id>/"
_SCHOOL = "reports/<uuid:school_id>/"
_MONTH = f"{_SCHOOL}<int:year>/<int:month>/"

urlpatterns = [
    # who looked, for parents and pupils
    path("who-looked/", looks.who_looked_children, name="who_looked_children"),
    path(_LOOKED_AT, looks.who_looked, name="who_looked"),
    path(f"{_LOOKED_AT}looks/<uuid:look_id>/", looks.ask_why, name="ask_why"),
    path(
        f"{_LOOKED_AT}parents/<uuid:parent_id>/",
        looks.let_see_who_looked,
        name="let_see_who_looked",
    ),
    path(
        "who-looked/questions/<uuid:question_id>/",
        looks.own_look_question,
        name="own_look_question",
    ),
    # who answers, chooses and holds back
    path("look-questions/", questions.look_questions, name="look_questions"),
    path("look-questions/<uuid:question_id>/", questions.look_question, name="look_question"),
    path("look-papers/", looks_paper.look_papers, name="look_papers"),
    path("look-papers/<uuid:pupil_id>/", looks_paper.look_paper, name="look_paper"),
    path("look-names/<uuid:board_id>/", looks_held.look_names, name="look_names"),
    path("held-back/", looks_held.held_back, name="held_back"),
    path("held-back/pupils/<uuid:pupil_id>/", looks_held.hold_back_looks, name="hold_back_looks"),
    path("held-back/<uuid:held_id>/end/", looks_held.give_looks_free, name="give_looks_free"),
    # reports of the log
    path("reports/", reports_lists.reports, name="reports"),
    path(_SCHOOL, reports_lists.school_reports, name="school_reports"),
    path(_MONTH, reports.month_report, name="month_report"),
    path(f"{_MONTH}sign/", reports_signing.sign_report, name="sign_report"),
    path(f"{_MONTH}paper/", reports_signing.report_paper, name="report_paper"),
    path(f"{_SCHOOL}period/", reports.period_report, name="period_report"),
    path(f"{_SCHOOL}export/", reports.report_export, name="report_export"),
    *FINDINGS,
]
