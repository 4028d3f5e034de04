from django.urls import path

from overview import pupils, views

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
    path("dossiers/<uuid:dossier_id>/consent/", pupils.own_pupil_consent, name="own_pupil_consent"),
    path("promises/", views.promises, name="promises"),
]
