from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        """Refuses to be part of anything but a demo."""
        if not settings.DEMO:
            raise ImproperlyConfigured("The demo room is only installed when PORTAL_DEMO is on.")
