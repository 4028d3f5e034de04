"""Addresses of this room, grouped by noun."""

from django.urls import path, register_converter

from dossiers.kinds import Part
from dossiers.views import agreements, emergency, keeping, my_pupils, reading, writing


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
    path("dossiers/<uuid:dossier_id>/", reading.dossier, name="dossier"),
    path("dossiers/<uuid:dossier_id>/<part:part>/", reading.dossier, name="dossier_part"),
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
        "dossiers/<uuid:dossier_id>/elsewhere/<uuid:record_id>/end/",
        keeping.end_elsewhere,
        name="end_elsewhere",
    ),
]
