from django.urls import path

from audit import views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/export/", views.log_export, name="log_export"),
    path("log/requests/<uuid:request_id>/", views.log_request, name="log_request"),
]
