from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the log calls its pages, who is missing, what holds, which files it needs;
        and that no command is run as the worker in a database behind the ledger.
        """
        from django.db.backends.signals import connection_created

        from audit.pages import name_pages
        from retention.actions.absences import keep_absences
        from retention.holds import on_asking_for_holds
        from retention.level import guard_commands
        from retention.pages import PAGES
        from retention.queries.closing import certificate_papers_in_use
        from retention.queries.going import pupils_going
        from retention.queries.open_matters import (
            dossiers_asked_about,
            dossiers_asked_to_erase_from,
        )
        from students.enrolment import on_asking_who_goes, on_missing
        from vault.uses import on_asking_for_blobs

        name_pages(PAGES)
        connection_created.connect(guard_commands, dispatch_uid="retention.guard_commands")
        on_missing(keep_absences)
        on_asking_who_goes(pupils_going)
        on_asking_for_holds("oversight", dossiers_asked_about, because="request")
        on_asking_for_holds(
            "retention", dossiers_asked_to_erase_from, because="request", of_lists_alone=True
        )
        on_asking_for_blobs("retention", certificate_papers_in_use)
