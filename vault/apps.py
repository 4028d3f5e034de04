import resource

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """From here on keys and open files are in memory: a crash writes none of it to a disk."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
