from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The room of accounts, below, writes through what is registered here."""
        from access.recording import written_by
        from audit import second_factor
        from audit.entrance import note_happening, write

        written_by(write, note_happening)
        second_factor.listen()
