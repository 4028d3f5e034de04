from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"

    def ready(self) -> None:
        """What the pages of this room are called in the log."""
        from audit.pages import name_pages
        from overview.pages import PAGES

        name_pages(PAGES)
