"""Addresses of this room, grouped by noun."""

from django.urls import path

from students.views import (
    authority,
    board,
    colleagues,
    enrolling,
    leaving,
    listing,
    organisation,
    parents,
    pupil,
)

_PUPILS = "administration/pupils/"
_PUPIL = f"{_PUPILS}<uuid:pupil_id>/"
_ENROLMENT = "administration/enrolments/<uuid:enrolment_id>/"
_PARENT = "administration/parents/<uuid:parent_id>/"
_LINK = "administration/links/<uuid:link_id>/"
_SCHOOL = "organisation/schools/<uuid:school_id>/"
_BOARD = "organisation/boards/<uuid:board_id>/"

urlpatterns = [
    # the list
    path(_PUPILS, listing.school_pupils, name="school_pupils"),
    path(f"{_PUPILS}print/", listing.print_school_pupils, name="print_school_pupils"),
    path(f"{_PUPILS}export/", listing.export_school_pupils, name="export_school_pupils"),
    # a pupil
    path(f"{_SCHOOL}pupils/new/", enrolling.enrol_pupil, name="enrol_pupil"),
    path(_PUPIL, pupil.school_pupil, name="school_pupil"),
    path(f"{_PUPIL}names/", enrolling.change_pupil, name="change_pupil"),
    path(f"{_PUPIL}return/", enrolling.return_pupil, name="return_pupil"),
    path(f"{_PUPIL}colleague/", colleagues.name_colleague, name="name_colleague"),
    path(f"{_PUPIL}account/", authority.give_pupil_account, name="give_pupil_account"),
    # an enrolment
    path(f"{_ENROLMENT}leaving/", leaving.record_leaving, name="record_leaving"),
    path(f"{_ENROLMENT}leaving/undo/", leaving.undo_leaving, name="undo_leaving"),
    path(f"{_ENROLMENT}group/", leaving.move_group, name="move_group"),
    path(f"{_ENROLMENT}transfer/", leaving.transfer_pupil, name="transfer_pupil"),
    # parents and representatives
    path(f"{_PUPIL}parents/find/", parents.find_parent, name="find_parent"),
    path(f"{_PUPIL}parents/new/", parents.add_parent, name="add_parent"),
    path(f"{_PUPIL}parents/<uuid:parent_id>/link/", parents.link_parent, name="link_parent"),
    path(_PARENT, parents.parent, name="parent"),
    path(f"{_PARENT}contact/", parents.change_parent, name="change_parent"),
    path(f"{_PARENT}account/", parents.give_parent_account, name="give_parent_account"),
    path(f"{_LINK}authority/", authority.record_authority, name="record_authority"),
    path(f"{_LINK}relation/", authority.change_relation, name="change_relation"),
    path(f"{_LINK}colleague/", colleagues.unname_colleague, name="unname_colleague"),
    path(f"{_LINK}withdraw/", authority.unlink_parent, name="unlink_parent"),
    path(f"{_PUPIL}representatives/new/", authority.add_representative, name="add_representative"),
    path(
        "administration/representatives/<uuid:representative_id>/end/",
        authority.end_representative,
        name="end_representative",
    ),
    # the organisation
    path("organisation/", organisation.organisation, name="organisation"),
    path(_SCHOOL, organisation.school, name="school"),
    path(f"{_SCHOOL}region/", board.change_region, name="change_region"),
    path(f"{_SCHOOL}locations/new/", organisation.add_location, name="add_location"),
    path(
        "organisation/locations/<uuid:location_id>/",
        organisation.rename_location,
        name="rename_location",
    ),
    path(f"{_SCHOOL}years/<uuid:year_id>/groups/new/", organisation.add_group, name="add_group"),
    path("organisation/groups/<uuid:group_id>/", organisation.rename_group, name="rename_group"),
    path(f"{_BOARD}schools/new/", board.add_school, name="add_school"),
    path(f"{_BOARD}years/new/", board.add_school_year, name="add_school_year"),
    path(
        "organisation/years/<uuid:year_id>/",
        board.change_school_year,
        name="change_school_year",
    ),
]
