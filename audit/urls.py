from django.urls import path

from audit import check_views, views

urlpatterns = [
    path("log/checks/", check_views.log_checks, name="log_checks"),
    path("log/checks/<uuid:check_id>/", check_views.log_check, name="log_check"),
    path("log/", views.log, name="log"),
    path("log/export/", views.log_export, name="log_export"),
    path("log/requests/<uuid:request_id>/", views.log_request, name="log_request"),
]
