from django.urls import path

from dossiers import views

urlpatterns = [
    path("pupils/", views.my_pupils, name="my_pupils"),
    path("dossiers/<uuid:dossier_id>/", views.dossier, name="dossier"),
]
