from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the pages of this room are called in the log, and who is missing from a roster."""
        from audit.pages import name_pages
        from retention.actions.absences import keep_absences
        from retention.pages import PAGES
        from students.enrolment import on_missing

        name_pages(PAGES)
        on_missing(keep_absences)
