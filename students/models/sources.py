"""What a person is called in a system that sends us rosters."""

from __future__ import annotations

from django.db import models

from students.models.organisation import School


class SourceKey(models.Model):
    """The key of somebody in a source, per school: what its file matches on."""

    id = models.BigAutoField(primary_key=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=64)
    key = models.CharField(max_length=256)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"source key {self.pk}"
