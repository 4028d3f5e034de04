from django.urls import path

from audit import check_views, end_views, views

urlpatterns = [
    path("log/checks/", check_views.log_checks, name="log_checks"),
    path("log/checks/<uuid:check_id>/", check_views.log_check, name="log_check"),
    path("log/", views.log, name="log"),
    path("log/export/", views.log_export, name="log_export"),
    path("log/end/", end_views.log_end, name="log_end"),
    path("log/end/<uuid:board_id>/term/", end_views.set_log_term, name="set_log_term"),
    path(
        "log/end/<uuid:board_id>/<int:year>/<int:month>/",
        end_views.decide_log_end,
        name="decide_log_end",
    ),
    path("log/end/<uuid:end_id>/sign/", end_views.sign_log_end, name="sign_log_end"),
    path("log/end/<uuid:end_id>/withdraw/", end_views.withdraw_log_end, name="withdraw_log_end"),
    path("log/requests/<uuid:request_id>/", views.log_request, name="log_request"),
]
