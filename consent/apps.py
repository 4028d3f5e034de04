from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The log knows the pages of this room by their words, and the sweep its files."""
        from audit.pages import name_pages
        from consent.pages import PAGES
        from consent.queries.blobs import blobs_of_consent
        from vault.uses import on_asking_for_blobs

        name_pages(PAGES)
        on_asking_for_blobs("consent", blobs_of_consent)
