from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the pages of this room are called in the log, and which sealed files it needs."""
        from audit.pages import name_pages
        from oversight.pages import PAGES
        from oversight.queries.reports_signed import papers_in_use
        from vault.uses import on_asking_for_blobs

        name_pages(PAGES)
        on_asking_for_blobs("oversight", papers_in_use)
