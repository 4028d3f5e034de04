"""Every address. Each view has a gate or is listed, with its reason, in access.gate."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("access.urls")),
    path("", include("overview.urls")),
    path("", include("retention.urls")),
    path("", include("oversight.urls")),
    path("", include("consent.urls")),
    path("", include("dossiers.urls")),
    path("", include("audit.urls")),
    path("", include("students.urls")),
    path("roster/", include("students.roster.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
