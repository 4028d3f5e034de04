from django.urls import path

from dossiers.views import my_pupils, reading

urlpatterns = [
    path("pupils/", my_pupils.my_pupils, name="my_pupils"),
    path("dossiers/<uuid:dossier_id>/", reading.dossier, name="dossier"),
]
