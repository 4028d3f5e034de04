from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The log knows the pages of this room by their words."""
        from audit.pages import name_pages
        from consent.pages import PAGES

        name_pages(PAGES)
