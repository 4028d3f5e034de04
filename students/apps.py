from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "students"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Rooms below ask which pupil a key stands for, and who needs an account as family."""
        from access.uses import on_asking_for_uses
        from audit import pages, subjects
        from students.log_names import PupilsInTheLog
        from students.pages import PAGES
        from students.queries.families import is_family

        pages.name_pages(PAGES)
        subjects.register(PupilsInTheLog())
        on_asking_for_uses(is_family)
