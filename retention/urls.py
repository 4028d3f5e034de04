"""Addresses of this room, grouped by noun."""

from django.urls import URLPattern, path

from retention.views import (
    calendar,
    closing,
    erasures,
    holds,
    leaving,
    leftovers,
    list_papers,
    list_steps,
    lists,
    terms,
)

_CHANGE = "retention/terms/changes/<uuid:change_id>/"
_LIST = "retention/lists/<uuid:list_id>/"
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
    # destruction lists
    path("retention/lists/", lists.destruction_lists, name="destruction_lists"),
    path(_LIST, lists.destruction_list, name="destruction_list"),
    path(f"{_LIST}decide/", list_steps.decide_items, name="decide_items"),
    path(
        f"{_LIST}steps/<slug:step>/",
        list_steps.destruction_list_step,
        name="destruction_list_step",
    ),
    path(f"{_LIST}other-systems/", closing.confirm_other_systems, name="confirm_other_systems"),
    path(f"{_LIST}leftovers/", leftovers.judge_leftovers, name="judge_leftovers"),
    path(f"{_LIST}certificate/", closing.destruction_certificate, name="destruction_certificate"),
    path(f"{_LIST}progress/", lists.destruction_progress, name="destruction_progress"),
    path(f"{_LIST}export/", list_papers.export_destruction_list, name="export_destruction_list"),
    path("retention/items/<uuid:item_id>/", lists.destruction_item, name="destruction_item"),
    path(
        "retention/lists/leftovers/<uuid:leftover_id>/",
        leftovers.judge_leftover,
        name="judge_leftover",
    ),
    # erasing on request
    path("retention/erasures/", erasures.erasures, name="erasures"),
    path("retention/erasures/of/<uuid:dossier_id>/", erasures.ask, name="ask_erasure"),
    path("retention/erasures/<uuid:erasure_id>/", erasures.erasure, name="erasure"),
    # holds
    path("retention/holds/", holds.holds, name="holds"),
    path("retention/holds/find/", holds.find_to_hold, name="find_to_hold"),
    path("retention/holds/of/<uuid:dossier_id>/", holds.hold_dossier, name="hold_dossier"),
    path(_HOLD, holds.hold, name="hold"),
    path(f"{_HOLD}keep/", holds.keep_holding, name="keep_holding"),
    path(f"{_HOLD}lift/", holds.lift, name="lift_hold"),
]
