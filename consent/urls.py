"""Addresses of this room, grouped by noun."""

from django.urls import path

from consent.views import checking

urlpatterns = [
    path("photo-check/", checking.photo_check, name="photo_check"),
    path("photo-check/<uuid:check_id>/", checking.photo_check_result, name="photo_check_result"),
]
