"""What outranks answers or changes who answers: the shape of what is typed about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.decisions import Advice
from consent.actions.matters import Ruling
from consent.forms.checking import title_of
from consent.forms.words import OnceForm, WordsField, YesOrNo
from consent.models import Objection, Purpose, PurposeText
from students.forms.fields import DayField, TidyField
from students.models import Parent

_ONLY_NEEDED = _("Only what is needed. The administration and the director can read it.")


class PurposesForm(OnceForm):
    """A form about some of the purposes that the board asks consent for."""

    def __init__(self, *args: Any, texts: Sequence[PurposeText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = {str(text.purpose_id): text for text in texts}

    def choices_of(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Fills a field of choices."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # of choices

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Each purpose and what it is called."""
        return [(key, title_of(text)) for key, text in self.texts.items()]

    def chosen(self, name: str) -> list[Purpose]:
        """The purposes that were ticked."""
        return [self.texts[key].purpose for key in self.cleaned_data[name]]


class ObjectionForm(PurposesForm):
    """Who objects to what, in their words."""

    comes_from = forms.ChoiceField(
        label=_("Who objects?"), choices=Objection.From.choices, widget=forms.RadioSelect
    )
    against = forms.ChoiceField(label=_("Against what?"), widget=forms.RadioSelect)
    words = WordsField(
        label=_("What did they say?"),
        help_text=_("Write down what was said, and to whom. The director reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices_of("against", [("all", _("Everything that is asked")), *self.titles])

    @property
    def purpose(self) -> Purpose | None:
        """Against which purpose; none: against all."""
        text = self.texts.get(self.cleaned_data["against"])
        return text.purpose if text else None


class SafetyBlockForm(OnceForm):
    """Why a pupil may be shown nowhere."""

    words = WordsField(label=_("Why is this needed?"), help_text=_ONLY_NEEDED)


class CourtOrderForm(PurposesForm):
    """What a court decided, for each purpose, and from when until when it counts."""

    use_required_attribute = False  # what it does not name stays open

    decided_on = DayField(label=_("On which day did the court decide?"))
    starts_on = DayField(
        label=_("From which day does it count?"),
        help_text=_("The day of the decision, or a later day that it names."),
    )
    ends_on = DayField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave this open when the decision names no end."),
    )
    words = WordsField(
        label=_("Which decision is it?"),
        help_text=_("Court, number, and in a sentence what it says."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, title in self.titles:
            self.fields[f"ruling_{key}"] = YesOrNo(label=title)
        self.order_fields([f"ruling_{key}" for key in self.texts])

    def rulings(self) -> dict[Purpose, Ruling]:
        """What the court decided about each purpose that was filled in."""
        data = self.cleaned_data
        return {
            text.purpose: Ruling(
                is_yes=data[f"ruling_{key}"] == "yes",
                decided_on=data["decided_on"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
            )
            for key, text in self.texts.items()
            if data[f"ruling_{key}"]
        }


class UnableForm(PurposesForm):
    """Which questions a pupil can't decide, on whose advice, and until when."""

    purposes = forms.MultipleChoiceField(
        label=_("Which questions can the pupil not decide?"), widget=forms.CheckboxSelectMultiple
    )
    advice_by = TidyField(
        label=_("Who gave the advice?"),
        max_length=150,
        help_text=_("Name and function of the expert."),
    )
    advice_on = DayField(label=_("Of which day is the advice?"))
    until = DayField(
        label=_("Up to and including"),
        help_text=_("At most a year: then the advice is reviewed."),
    )
    words = WordsField(label=_("What does the advice say?"), help_text=_ONLY_NEEDED)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["until"] = today + timedelta(days=365)
        super().__init__(*args, **kwargs)
        self.choices_of("purposes", self.titles)

    def advice(self) -> Advice:
        """The advice, as the action wants it."""
        return Advice(self.cleaned_data["advice_on"], self.cleaned_data["advice_by"])


class UnreachableForm(PurposesForm):
    """Which parent can't be reached, and what was tried."""

    parent = forms.ChoiceField(label=_("Which parent?"), widget=forms.RadioSelect)
    words = WordsField(
        label=_("What did you try?"),
        help_text=_("Which letters, calls and messages, and on which days."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("For which questions?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to record it for all of them."),
    )
    until = DayField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave this open when you do not know it yet."),
    )

    def __init__(self, *args: Any, parents: Iterable[Parent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parents = {str(parent.pk): parent for parent in parents}
        self.choices_of("parent", [(key, p.name) for key, p in self._parents.items()])
        self.choices_of("purposes", self.titles)

    @property
    def chosen_parent(self) -> Parent:
        """The parent who was chosen."""
        return self._parents[self.cleaned_data["parent"]]


class CoverageForm(PurposesForm):
    """Which questions the court's order leaves to a curator or mentor."""

    covers = forms.MultipleChoiceField(
        label=_("Which questions does the order cover?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: Iterable[uuid.UUID], **kwargs: Any) -> None:
        shown = [str(key) for key in now]
        kwargs["initial"] = {"covers": shown, "seen": " ".join(sorted(shown))}
        super().__init__(*args, **kwargs)
        self.choices_of("covers", self.titles)

    @property
    def shown(self) -> set[uuid.UUID]:
        """What was ticked when the page was made; what is no key counts as nothing."""
        known = {text.purpose_id for text in self.texts.values()}
        return {key for key in known if str(key) in self.cleaned_data["seen"].split()}
