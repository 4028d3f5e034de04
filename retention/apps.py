from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What the pages of this room are called in the log."""
        from audit.pages import name_pages
        from retention.pages import PAGES

        name_pages(PAGES)
