from django.urls import path

from students.roster import views

urlpatterns = [
    path("", views.roster_imports, name="roster_imports"),
    path("new/", views.roster_upload, name="roster_upload"),
    path("parents-template.csv", views.parents_template, name="parents_template"),
    path("proposals/", views.roster_proposals, name="roster_proposals"),
    path("<uuid:import_id>/", views.roster_import, name="roster_import"),
    path("<uuid:import_id>/lines/", views.roster_lines, name="roster_lines"),
    path("<uuid:import_id>/questions/", views.roster_questions, name="roster_questions"),
    path("<uuid:import_id>/questions/all/", views.roster_decide_all, name="roster_decide_all"),
    path("<uuid:import_id>/questions/<int:place>/", views.roster_decide, name="roster_decide"),
    path("<uuid:import_id>/approve/", views.roster_approve, name="roster_approve"),
    path("<uuid:import_id>/start/", views.roster_start, name="roster_start"),
    path("<uuid:import_id>/cancel/", views.roster_cancel, name="roster_cancel"),
]
