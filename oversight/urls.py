"""Addresses of this room, grouped by noun."""

from django.urls import path

from oversight.views import looks, looks_held, questions

_LOOKED_AT = "who-looked/<uuid:pupil_id>/"

urlpatterns = [
    # who looked, for parents and pupils
    path("who-looked/", looks.who_looked_children, name="who_looked_children"),
    path(_LOOKED_AT, looks.who_looked, name="who_looked"),
    path(f"{_LOOKED_AT}looks/<uuid:look_id>/", looks.ask_why, name="ask_why"),
    path(
        f"{_LOOKED_AT}parents/<uuid:parent_id>/",
        looks.let_see_who_looked,
        name="let_see_who_looked",
    ),
    path(
        "who-looked/questions/<uuid:question_id>/",
        looks.own_look_question,
        name="own_look_question",
    ),
    # who answers, chooses and holds back
    path("look-questions/", questions.look_questions, name="look_questions"),
    path("look-questions/<uuid:question_id>/", questions.look_question, name="look_question"),
    path("look-names/<uuid:board_id>/", looks_held.look_names, name="look_names"),
    path("held-back/", looks_held.held_back, name="held_back"),
    path("held-back/pupils/<uuid:pupil_id>/", looks_held.hold_back_looks, name="hold_back_looks"),
    path("held-back/<uuid:held_id>/end/", looks_held.give_looks_free, name="give_looks_free"),
]
