from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the pages of this room are called in the log."""
        from audit.pages import name_pages
        from oversight.pages import PAGES

        name_pages(PAGES)
