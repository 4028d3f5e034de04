"""Addresses of this room, grouped by noun."""

from django.urls import path

from consent.views import (
    activation,
    answers,
    checking,
    family,
    filming,
    letters,
    notices,
    publications,
    purposes,
    receipts,
    recordings,
    rounds,
    signing,
)
from consent.views.pupil import (
    codes,
    correcting,
    matter,
    matters,
    objecting,
    page,
    recording,
    scans,
)

_PURPOSE = "purposes/<uuid:purpose_id>/"
_TEXT = "purposes/texts/<uuid:text_id>/"
_ROUND = "consent/rounds/<uuid:round_id>/"
_SCHOOL = "consent/schools/<uuid:school_id>/"
_PUPIL = "consent/schools/<uuid:school_id>/pupils/<uuid:pupil_id>/"
_LETTERS = "consent/letters/<uuid:letters_id>/"
_MATTER = "consent/matters/<slug:sort>/<uuid:matter_id>/"
_SCAN = "consent/scans/<uuid:scan_id>/"
_PUBLICATION = "publications/<uuid:publication_id>/"

urlpatterns = [
    # with a code, before the gate
    path("activate/", activation.activate, name="activate"),
    path("activate/account/", activation.activate_account, name="activate_account"),
    path("activate/mail/", activation.activate_mail, name="activate_mail"),
    # parents, and pupils for themselves
    path("my-children/", family.my_children, name="my_children"),
    path("my-children/<uuid:pupil_id>/", family.questions, name="questions"),
    path("my-children/<uuid:pupil_id>/answers/", family.earlier_answers, name="earlier_answers"),
    path("my-children/sign/<uuid:signing_id>/", signing.sign, name="sign"),
    path("my-data/", family.my_data, name="my_data"),
    path("receipts/<uuid:receipt_id>/", receipts.receipt, name="receipt"),
    path("receipts/<uuid:receipt_id>/paper/", receipts.receipt_paper, name="receipt_paper"),
    # before a photo
    path("photo-check/", checking.photo_check, name="photo_check"),
    path("photo-check/<uuid:check_id>/", checking.photo_check_result, name="photo_check_result"),
    # what a board asks
    path("purposes/", purposes.purposes, name="purposes"),
    path("purposes/boards/<uuid:board_id>/new/", purposes.add_purpose, name="add_purpose"),
    path(_PURPOSE, purposes.purpose, name="purpose"),
    path(f"{_PURPOSE}draft/", purposes.write_purpose_text, name="write_purpose_text"),
    path(f"{_PURPOSE}end/", purposes.end_purpose, name="end_purpose"),
    path(f"{_TEXT}preview/", purposes.preview_purpose_text, name="preview_purpose_text"),
    path(f"{_TEXT}use/", purposes.put_text_in_use, name="put_text_in_use"),
    # rounds
    path("consent/rounds/", rounds.consent_rounds, name="consent_rounds"),
    path(
        f"{_SCHOOL}years/<uuid:year_id>/round/",
        rounds.start_consent_round,
        name="start_consent_round",
    ),
    path(_ROUND, rounds.consent_round, name="consent_round"),
    path(f"{_ROUND}carry-on/", rounds.carry_on_consent_round, name="carry_on_consent_round"),
    path(f"{_ROUND}in-short/", answers.round_in_short, name="round_in_short"),
    # the board of answers
    path("consent/", answers.answers, name="answers"),
    path(f"{_SCHOOL}answers/", answers.school_answers, name="school_answers"),
    path(f"{_SCHOOL}answers/pupils/", answers.answering_pupils, name="answering_pupils"),
    path(f"{_SCHOOL}answers/export/", answers.export_answers, name="export_answers"),
    path(f"{_SCHOOL}answers/remind/", answers.remind_families, name="remind_families"),
    # letters
    path("consent/letters/", letters.letters, name="letters"),
    path(f"{_SCHOOL}letters/", letters.start_letter_run, name="start_letter_run"),
    path(_LETTERS, letters.letter_run, name="letter_run"),
    path(f"{_LETTERS}carry-on/", letters.carry_on_letters, name="carry_on_letters"),
    path(
        "consent/letters/files/<uuid:letter_file_id>/",
        letters.download_letters,
        name="download_letters",
    ),
    # one pupil, for the administration
    path("consent/pupils/<uuid:pupil_id>/", page.pupil_consent, name="pupil_consent"),
    path(_PUPIL, page.pupil_consent, name="pupil_consent_at"),
    path(f"{_PUPIL}ask/", page.ask_about_pupil, name="ask_about_pupil"),
    path(f"{_PUPIL}people/<slug:person>/answers/", recording.record_paper, name="record_paper"),
    path(f"{_PUPIL}people/<slug:person>/code/", codes.give_code, name="give_code"),
    path("consent/codes/<uuid:code_id>/withdraw/", codes.withdraw_open_code, name="withdraw_code"),
    # papers
    path("consent/answers/<uuid:answer_id>/scan/", scans.add_scan_to_answer, name="add_scan"),
    path(
        "consent/answers/<uuid:answer_id>/mistake/",
        correcting.correct_answer,
        name="correct_answer",
    ),
    path(_SCAN, scans.answer_scan, name="answer_scan"),
    path(f"{_SCAN}pages/<int:number>/", scans.scan_page, name="scan_page"),
    path(f"{_SCAN}download/", scans.download_scan, name="download_scan"),
    path(f"{_SCAN}withdraw/", scans.withdraw_wrong_scan, name="withdraw_scan"),
    # what outranks answers, and who answers
    path(f"{_PUPIL}objections/new/", objecting.add_objection, name="add_objection"),
    path(f"{_PUPIL}safety-block/new/", matters.place_safety_block, name="place_safety_block"),
    path(f"{_PUPIL}court-orders/new/", matters.record_court_order, name="record_court_order"),
    path(f"{_PUPIL}unable/new/", matters.decide_unable, name="decide_unable"),
    path(f"{_PUPIL}unreachable/new/", matters.decide_unreachable, name="decide_unreachable"),
    path(
        "consent/schools/<uuid:school_id>/representatives/<uuid:representative_id>/",
        matters.order_coverage,
        name="order_coverage",
    ),
    path(_MATTER, matter.consent_matter, name="consent_matter"),
    path(f"{_MATTER}end/", matter.end_matter, name="end_matter"),
    # publications
    path("photo-check/<uuid:check_id>/published/", publications.publish, name="publish"),
    path(
        "my-children/<uuid:pupil_id>/pictures/", publications.child_pictures, name="child_pictures"
    ),
    path("publications/", publications.publications, name="publications"),
    path(_PUBLICATION, publications.publication, name="publication"),
    path(
        f"{_PUBLICATION}take-down/",
        publications.take_down_publication,
        name="take_down_publication",
    ),
    path(
        "publications/proofs/<uuid:removal_id>/", publications.removal_proof, name="removal_proof"
    ),
    path(
        "publications/tasks/<uuid:task_id>/", publications.close_take_down, name="close_take_down"
    ),
    # lesson recordings
    path("recordings/", recordings.recordings, name="recordings"),
    path("recordings/choose/", recordings.choose_recording, name="choose_recording"),
    path("recordings/groups/<uuid:group_id>/", recordings.add_recording, name="add_recording"),
    path("recordings/<uuid:recording_id>/", recordings.recording, name="recording"),
    path("recordings/<uuid:recording_id>/deleted/", recordings.end_recording, name="end_recording"),
    path("recordings/boards/<uuid:board_id>/", recordings.recording_term, name="recording_term"),
    # filming by parents
    path("filming/", filming.ask_filming, name="ask_filming"),
    path("filming/requests/", filming.filming_requests, name="filming_requests"),
    path(
        "filming/requests/<uuid:filming_id>/",
        filming.decide_filming_request,
        name="decide_filming_request",
    ),
    path("filming/list/", filming.filming_list, name="filming_list"),
    # the notice on pictures of others
    path("picture-notice/", notices.picture_notice, name="picture_notice"),
    path(
        "picture-notice/<uuid:notice_id>/confirm/",
        notices.confirm_picture_notice,
        name="confirm_picture_notice",
    ),
    path(
        "picture-notice/boards/<uuid:board_id>/",
        notices.picture_notice_texts,
        name="picture_notice_texts",
    ),
    path(
        "picture-notice/<uuid:notice_id>/use/",
        notices.use_picture_notice,
        name="use_picture_notice",
    ),
    path("picture-notice/groups/", notices.picture_notice_groups, name="picture_notice_groups"),
    path(
        "picture-notice/groups/<uuid:group_id>/",
        notices.picture_notice_missing,
        name="picture_notice_missing",
    ),
]
