from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What follows from enrolling and leaving."""
        from dossiers.actions import opening
        from students import enrolment

        enrolment.on_enrolled(opening.open_dossiers)
        enrolment.on_left(opening.end_assignments_after_leaving)
