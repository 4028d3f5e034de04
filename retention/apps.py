from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What its pages are called in the log, who is missing from a roster, and what holds."""
        from audit.pages import name_pages
        from retention.actions.absences import keep_absences
        from retention.holds import on_asking_for_holds
        from retention.pages import PAGES
        from retention.queries.open_matters import dossiers_asked_about
        from students.enrolment import on_missing

        name_pages(PAGES)
        on_missing(keep_absences)
        on_asking_for_holds("oversight", dossiers_asked_about, because="request")
