"""Addresses of this room, grouped by noun."""

from django.urls import URLPattern, path

from retention.views import calendar, holds, leaving, terms

_CHANGE = "retention/terms/changes/<uuid:change_id>/"
_HOLD = "retention/holds/<uuid:hold_id>/"

urlpatterns: list[URLPattern] = [
    path("retention/", calendar.retention, name="retention"),
    path("retention/leaving-dates/", leaving.leaving_dates, name="leaving_dates"),
    # terms
    path("retention/terms/", terms.retention_terms, name="retention_terms"),
    path(
        "retention/terms/<uuid:board_id>/<slug:kind_code>/",
        terms.propose_retention_term,
        name="propose_retention_term",
    ),
    path(_CHANGE, terms.term_change, name="term_change"),
    path(f"{_CHANGE}approve/", terms.approve_retention_term, name="approve_retention_term"),
    path(f"{_CHANGE}withdraw/", terms.withdraw_retention_term, name="withdraw_retention_term"),
    # holds
    path("retention/holds/", holds.holds, name="holds"),
    path("retention/holds/find/", holds.find_to_hold, name="find_to_hold"),
    path("retention/holds/of/<uuid:dossier_id>/", holds.hold_dossier, name="hold_dossier"),
    path(_HOLD, holds.hold, name="hold"),
    path(f"{_HOLD}keep/", holds.keep_holding, name="keep_holding"),
    path(f"{_HOLD}lift/", holds.lift, name="lift_hold"),
]
