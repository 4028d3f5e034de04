from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "students"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The log, below, asks this room which pupil a key stands for."""
        from audit import subjects
        from students.log_names import PupilsInTheLog

        subjects.register(PupilsInTheLog())
