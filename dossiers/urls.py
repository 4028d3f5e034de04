"""Addresses of this room, grouped by noun."""

from django.urls import path, register_converter

from dossiers.kinds import Part
from dossiers.views import (
    agreements,
    assignments,
    emergency,
    keeper,
    keeping,
    messages,
    my_pupils,
    printing,
    reading,
    teams,
    writing,
)
from dossiers.views.files import adding, changing, serving
from dossiers.views.files import reading as files


class PartName:
    """A part of a dossier in an address; anything else is no address at all."""

    regex = "|".join(Part)

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return value


register_converter(PartName, "part")

urlpatterns = [
    path("pupils/", my_pupils.my_pupils, name="my_pupils"),
    path("pupils/print/", my_pupils.print_my_pupils, name="print_my_pupils"),
    path("pupils/export/", my_pupils.export_my_pupils, name="export_my_pupils"),
    path("dossiers/<uuid:dossier_id>/", reading.dossier, name="dossier"),
    path("dossiers/<uuid:dossier_id>/<part:part>/", reading.dossier, name="dossier_part"),
    path("dossiers/<uuid:dossier_id>/<part:part>/print/", printing.choose, name="choose_print"),
    path("dossiers/<uuid:dossier_id>/<part:part>/print/made/", printing.make, name="print_part"),
    # notes
    path("dossiers/<uuid:dossier_id>/notes/new/", writing.write, name="write_note"),
    path("dossiers/<uuid:dossier_id>/notes/", writing.note_headers, name="note_headers"),
    path(
        "dossiers/<uuid:dossier_id>/notes/<uuid:note_id>/withdraw/",
        writing.withdraw_as_keeper,
        name="withdraw_note_as_keeper",
    ),
    path("notes/<uuid:note_id>/", reading.note, name="note"),
    path("notes/<uuid:note_id>/correct/", writing.correct, name="correct_note"),
    path("notes/<uuid:note_id>/withdraw/", writing.withdraw, name="withdraw_note"),
    path("dossiers/<uuid:dossier_id>/messages/new/", messages.add, name="add_message"),
    # files
    path("dossiers/<uuid:dossier_id>/<part:part>/files/", files.of_part, name="files_of_part"),
    path("dossiers/<uuid:dossier_id>/<part:part>/files/new/", adding.add_to_part, name="add_files"),
    path("notes/<uuid:note_id>/files/new/", adding.add_to_note, name="add_files_to_note"),
    path(
        "dossiers/<uuid:dossier_id>/files/<uuid:file_id>/withdraw/",
        changing.withdraw_as_keeper,
        name="withdraw_file_as_keeper",
    ),
    path("files/<uuid:file_id>/", files.file, name="file"),
    path("files/<uuid:file_id>/replace/", changing.replace, name="replace_file"),
    path("files/<uuid:file_id>/move/", changing.move, name="move_file"),
    path("files/<uuid:file_id>/withdraw/", changing.withdraw, name="withdraw_file"),
    path(
        "files/<uuid:file_id>/versions/<int:number>/download/",
        serving.download,
        name="download_file",
    ),
    path(
        "files/<uuid:file_id>/versions/<int:number>/thumbnail/",
        serving.thumbnail,
        name="file_thumbnail",
    ),
    path(
        "files/<uuid:file_id>/versions/<int:number>/pages/<int:page_number>/",
        serving.preview,
        name="file_page",
    ),
    # agreements
    path("dossiers/<uuid:dossier_id>/agreements/new/", agreements.make, name="make_agreement"),
    path("agreements/<uuid:agreement_id>/renew/", agreements.renew, name="renew_agreement"),
    path("agreements/<uuid:agreement_id>/close/", agreements.close, name="close_agreement"),
    # the emergency card
    path("dossiers/<uuid:dossier_id>/emergency/change/", emergency.change, name="change_card"),
    path("emergency/", emergency.find, name="find_emergency_card"),
    path("emergency/<uuid:dossier_id>/", emergency.ask, name="ask_emergency_card"),
    path("emergency/<uuid:dossier_id>/card/", emergency.card, name="emergency_card"),
    # what the keeper is told, and what other systems keep
    path("notices/", keeping.notices, name="keeper_notices"),
    path("notices/<uuid:notice_id>/seen/", keeping.notice_seen, name="keeper_notice_seen"),
    path("dossiers/<uuid:dossier_id>/elsewhere/", keeping.elsewhere, name="elsewhere"),
    path(
        "pupils/<uuid:pupil_id>/elsewhere/", keeping.elsewhere_of_pupil, name="elsewhere_of_pupil"
    ),
    path(
        "dossiers/<uuid:dossier_id>/elsewhere/<uuid:record_id>/end/",
        keeping.end_elsewhere,
        name="end_elsewhere",
    ),
    # who may open which dossier
    path("dossiers/<uuid:dossier_id>/readers/", assignments.readers, name="dossier_readers"),
    path("assignments/", keeper.groups, name="assignments"),
    path("assignments/pupils/", keeper.pupils, name="assignment_pupils"),
    path("assignments/pupils/<uuid:dossier_id>/", assignments.of_pupil, name="pupil_assignments"),
    path(
        "assignments/pupils/<uuid:dossier_id>/new/",
        assignments.assign_to_pupil,
        name="assign_pupil",
    ),
    path(
        "assignments/pupils/<uuid:dossier_id>/medical/",
        assignments.assign_medical,
        name="assign_medical",
    ),
    path("assignments/people/", keeper.people, name="assignment_people"),
    path("assignments/people/<uuid:user_id>/", assignments.of_person, name="person_assignments"),
    path("assignments/groups/<uuid:group_id>/", teams.of_group, name="group_assignments"),
    path("assignments/groups/<uuid:group_id>/new/", teams.assign_to_group, name="assign_group"),
    path("assignments/groups/<uuid:group_id>/hand-over/", teams.hand_over, name="hand_over_group"),
    path(
        "assignments/groups/<uuid:group_id>/people/<uuid:user_id>/withdraw/",
        teams.withdraw,
        name="withdraw_from_group",
    ),
    path("assignments/proposals/", keeper.proposals, name="assignment_proposals"),
    path("assignments/medical/", keeper.medical, name="medical_stand_ins"),
    path(
        "assignments/medical/<uuid:custodian_id>/end/",
        keeper.end_medical,
        name="end_medical_stand_in",
    ),
    path("assignments/school-year/", teams.turn, name="school_year_turn"),
    path("assignments/school-year/<uuid:group_id>/", teams.turn_group, name="group_turn"),
    path(
        "assignments/<uuid:assignment_id>/withdraw/",
        assignments.withdraw,
        name="withdraw_assignment",
    ),
    path("assignments/<uuid:assignment_id>/end/", assignments.change, name="change_assignment_end"),
]
