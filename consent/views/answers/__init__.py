"""The board of answers: counted, by pupil, as a file, and reminding who has not answered."""

from consent.views.answers.counted import answers, school_answers
from consent.views.answers.listed import answering_pupils, export_answers
from consent.views.answers.reminding import remind_families
from consent.views.answers.summary import round_in_short

__all__ = [
    "answering_pupils",
    "answers",
    "export_answers",
    "remind_families",
    "round_in_short",
    "school_answers",
]
