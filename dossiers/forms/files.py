"""Choosing files to add, or one to replace another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from access.fields import FilesField, SeveralFiles
from dossiers import rules
from dossiers.actions.refusals import BSN_SENTENCE
from dossiers.models import DossierPart


class SentFiles(forms.Form):
    """Files from this device, or pictures made on the spot; components/uploads.html shows it."""

    uploads = FilesField(
        label=_("Files"),
        help_text=_("Choose one or more, up to 25 MB each."),
    )
    camera = FilesField(
        label=_("Or take a picture"),
        help_text=_("On a phone or tablet this opens the camera."),
        widget=SeveralFiles(attrs={"accept": "image/*", "capture": "environment"}),
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """Everything that was chosen or made, in that order."""
        return [*self.cleaned_data.get("uploads", []), *self.cleaned_data.get("camera", [])]


class AddFilesForm(SentFiles):
    """Any number of files; pictures may be the pages of one paper."""

    is_one_paper = forms.BooleanField(
        label=_("These pictures are the pages of one paper"),
        help_text=_("They become one PDF, in the order in which you chose them."),
        required=False,
    )
    paper_name = forms.CharField(
        label=_("Name of the paper"),
        help_text=_("For example: Report of the speech therapist."),
        max_length=100,
        required=False,
    )

    def clean_paper_name(self) -> str:
        """A name without a citizen service number."""
        name = str(self.cleaned_data["paper_name"])
        if rules.holds_bsn(name):
            raise ValidationError(BSN_SENTENCE, code="bsn")
        return name


class ReplaceFileForm(SentFiles):
    """One file that becomes the newest version, and which version the sender had before them."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean(self) -> dict[str, Any]:
        """Never two: which of them would be the newest?"""
        data: dict[str, Any] = super().clean() or {}
        if len(self.chosen) > 1:
            self.add_error("uploads", ValidationError(_("Choose one file."), code="several"))
        return data


class MoveFileForm(forms.Form):
    """Another part of the same dossier."""

    part = forms.ChoiceField(label=_("To this part"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, parts: dict[str, DossierPart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts = parts
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(p.kind, p.get_kind_display()) for p in parts.values()]

    @property
    def part_row(self) -> DossierPart:
        """The part that was chosen."""
        return self._parts[self.cleaned_data["part"]]
