from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What follows from enrolling, leaving, moving groups, and from a role that ends."""
        from access import endings as roles
        from audit.pages import name_pages
        from dossiers.actions import endings, opening
        from dossiers.pages import PAGES
        from dossiers.queries import blobs_of_dossiers
        from students import enrolment
        from vault.uses import on_asking_for_blobs

        enrolment.on_enrolled(opening.open_dossiers)
        enrolment.on_left(endings.end_after_leaving)
        enrolment.on_moved(endings.follow_moves)
        name_pages(PAGES)
        roles.on_membership_ended(endings.end_with_membership)
        on_asking_for_blobs("dossiers", blobs_of_dossiers)
